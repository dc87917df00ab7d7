import { describe, expect, it } from 'vitest';
import { monthStartOf } from './month-start.ts';
import { usagePeriod } from './usage-range.ts';

const now = new Date('2026-03-01T00:59:59.999Z');

describe('usage period', () => {
  it.each([
    ['24h', 'hour', '2026-02-28T01:00:00.000Z', '2026-03-01T01:00:00.000Z'],
    ['7d', 'day', '2026-02-23T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    ['30d', 'day', '2026-01-31T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
  ] as const)('of %s goes by the %s, the running one included', (range, bucket, from, to) => {
    expect(usagePeriod(range, now)).toEqual({ bucket, from: new Date(from), to: new Date(to) });
  });

  it('begins months in UTC', () => {
    expect(monthStartOf(now)).toEqual(new Date('2026-03-01T00:00:00Z'));
    expect(monthStartOf(new Date('2025-12-31T23:59:59.999Z'))).toEqual(new Date('2025-12-01T00:00:00Z'));
  });
});
