import { describe, expect, it } from 'vitest';
import type { UsageOverview } from '#server/domain/usage/schema.ts';
import { toCsv } from './csv.ts';

const at = new Date('2026-11-22T19:31:58Z');
const overview = (keyName: string): UsageOverview => ({
  from: at,
  to: at,
  bucket: 'hour',
  totals: { requests: 1, failed: 0, units: 11, priceMicroUsd: 11, p95Ms: 4 },
  series: [],
  rows: [
    {
      keyId: 'k1',
      keyName,
      keyPrefix: 'my_live_k1',
      model: 'sentiment-1',
      task: 'sentiment',
      requests: 1,
      failed: 0,
      units: 11,
      priceMicroUsd: 11,
      p95Ms: 4,
      lastUsedAt: at,
    },
  ],
  countedAt: at,
});

describe('the export', () => {
  it('has a head and a line for each key and model', () => {
    expect(toCsv(overview('ci')).split('\r\n')).toEqual([
      'key_id,key_name,model,task,calls,failed,units,price_micro_usd,p95_ms,last_call',
      'k1,ci,sentiment-1,sentiment,1,0,11,11,4,2026-11-22T19:31:58.000Z',
      '',
    ]);
  });
  it('quotes commas and quotes', () => expect(toCsv(overview('a, "b"'))).toContain('k1,"a, ""b""",'));
  it('leaves no formula for a spreadsheet to run', () =>
    expect(toCsv(overview('=HYPERLINK("x")'))).toContain(`"'=HYPERLINK(""x"")"`));
});
