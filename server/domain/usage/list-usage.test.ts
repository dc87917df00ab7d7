import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { latencyBuckets } from './latency-histogram.ts';
import { listUsage, type UsageListQuestion } from './list-usage.ts';

let database: TestDatabase;
let workspaceId: string;
let otherId: string;
let keyId: string;
const clock = createFakeClock('2026-11-25T10:30:00Z');
/** Of a key that is deleted by now. */
const gone = 'gone00000000';

beforeAll(async () => {
  database = await createTestDatabase();
  workspaceId = (await createWorkspace(database.prisma)).id;
  otherId = (await createWorkspace(database.prisma)).id;
  keyId = (await createApiKey(database.prisma, { workspaceId })).id;
  await hour('2026-11-24T23:00:00Z', { modelVersion: 'a@1', requests: 4, latencies: { 0: 4 } });
  await hour('2026-11-25T09:00:00Z', { modelVersion: 'a@1', requests: 2, latencies: { 2: 2 } });
  await hour('2026-11-25T10:00:00Z', { modelVersion: 'a@1', requests: 3, latencies: { 2: 3 } });
  await hour('2026-11-25T10:00:00Z', {
    modelVersion: 'a@1',
    requests: 1,
    statusClass: 5,
    latencies: { 12: 1 },
  });
  await hour('2026-11-25T10:00:00Z', { modelVersion: 'b@1', requests: 5, key: gone, latencies: { 1: 5 } });
  await hour('2026-10-01T10:00:00Z', { modelVersion: 'old@1', requests: 100, latencies: { 1: 100 } });
  await hour('2026-11-25T10:00:00Z', { modelVersion: 'a@1', requests: 1_000, of: otherId, latencies: {} });
});
afterAll(() => database.drop());

interface Hour {
  readonly modelVersion: string;
  readonly requests: number;
  readonly latencies: Record<number, number>;
  readonly statusClass?: number;
  readonly key?: string;
  readonly of?: string;
}

/** Ten units read and one written a request, a micro-dollar each; nothing for what failed. */
async function hour(at: string, { modelVersion, requests, latencies, statusClass = 2, key, of }: Hour) {
  const billed = statusClass === 2 ? requests : 0;
  await database.prisma.usageHour.create({
    data: {
      workspaceId: of ?? workspaceId,
      hour: new Date(at),
      keyId: key ?? keyId,
      modelVersion,
      task: 'sentiment',
      statusClass,
      requests,
      inputUnits: billed * 10,
      outputUnits: billed,
      priceMicroUsd: billed * 11,
      latencyCounts: Array.from({ length: latencyBuckets }, (_, i) => BigInt(latencies[i] ?? 0)),
      lastUsedAt: new Date(at),
    },
  });
}

const list = (question: Partial<UsageListQuestion>) =>
  listUsage({ db: database.prisma, clock }, { workspaceId, groupBy: ['day'], limit: 100, ...question });
const short = async (question: Partial<UsageListQuestion>) =>
  (await list(question)).rows.map(({ start, modelVersion, keyId: key, statusClass, requests }) => [
    start?.toISOString().slice(5, 13) ?? null,
    modelVersion,
    key === keyId ? 'key' : key,
    statusClass,
    requests,
  ]);

describe('usage', () => {
  it('is summed up over the period, and nothing else', async () => {
    const { rows, from, to, hasMore } = await list({ groupBy: [] });
    expect([from, to, hasMore]).toEqual([
      new Date('2026-10-27T00:00:00Z'),
      new Date('2026-11-25T11:00:00Z'),
      false,
    ]);
    expect(rows).toEqual([
      {
        id: expect.any(String),
        start: null,
        modelVersion: null,
        keyId: null,
        keyPrefix: null,
        statusClass: null,
        requests: 15,
        inputUnits: 140,
        outputUnits: 14,
        priceMicroUsd: 154,
        // Of 14 answers: 4 up to 5 ms, 5 up to 10 ms, 5 up to 20 ms.
        latencyMs: { p50: 8, p95: 18.6, p99: 19.7 },
      },
    ]);
  });

  it.each<[UsageListQuestion['groupBy'], unknown[]]>([
    [
      ['hour'],
      [
        ['11-24T23', null, null, null, 4],
        ['11-25T09', null, null, null, 2],
        ['11-25T10', null, null, null, 9],
      ],
    ],
    [
      ['day'],
      [
        ['11-24T00', null, null, null, 4],
        ['11-25T00', null, null, null, 11],
      ],
    ],
    [
      ['model'],
      [
        [null, 'a@1', null, null, 10],
        [null, 'b@1', null, null, 5],
      ],
    ],
    [
      ['status'],
      [
        [null, null, null, 2, 14],
        [null, null, null, 5, 1],
      ],
    ],
    [
      ['day', 'model', 'key', 'status'],
      [
        ['11-24T00', 'a@1', 'key', 2, 4],
        ['11-25T00', 'a@1', 'key', 2, 5],
        ['11-25T00', 'a@1', 'key', 5, 1],
        ['11-25T00', 'b@1', gone, 2, 5],
      ],
    ],
  ])('is grouped by %j', async (groupBy, expected) => {
    expect(await short({ groupBy })).toEqual(expected);
  });

  it('names keys as they are recognised, those that are deleted too', async () => {
    const { rows } = await list({ groupBy: ['key'] });
    const prefixes = new Map(rows.map((row) => [row.keyId, row.keyPrefix]));
    expect(prefixes).toEqual(
      new Map([
        [keyId, `my_live_${keyId}`],
        [gone, `my_temp_${gone}`],
      ]),
    );
  });

  it('has no latency where no answer succeeded', async () => {
    const { rows } = await list({ groupBy: ['status'] });
    expect(rows.map(({ latencyMs }) => latencyMs === null)).toEqual([false, true]);
  });

  it('counts every range of latency, the last one too', async () => {
    const of = (await createWorkspace(database.prisma)).id;
    const latencies = { [latencyBuckets - 1]: 1 };
    await hour('2026-11-25T10:00:00Z', { modelVersion: 'a@1', requests: 1, of, latencies });
    const { rows } = await list({ workspaceId: of });
    expect(rows[0]?.latencyMs).toEqual({ p50: 30_000, p95: 30_000, p99: 30_000 });
  });

  it('of a period without a request is no row', async () => {
    const from = new Date('2025-01-01');
    expect(await list({ from, to: new Date('2025-01-02'), groupBy: [] })).toMatchObject({
      rows: [],
      hasMore: false,
    });
  });

  it.each<[UsageListQuestion['groupBy']]>([
    [['hour', 'model', 'key', 'status']],
    [['day', 'model']],
    [['model', 'status']],
    [['key']],
    [[]],
  ])('by pages of one row is the same as in one page (%j)', async (groupBy) => {
    const whole = await list({ groupBy });
    const paged = [];
    for (let after: string | undefined; paged.length < 20; ) {
      const page = await list({ groupBy, limit: 1, after });
      paged.push(...page.rows);
      after = page.rows.at(-1)?.id;
      if (!page.hasMore) break;
    }
    expect(paged).toEqual(whole.rows);
    expect(paged.length).toBeGreaterThan(0);
  });

  it('by pages between which the day turns has no row twice', async () => {
    const ask = { workspaceId, groupBy: ['model'] as const, limit: 1 };
    const first = await listUsage({ db: database.prisma, clock }, ask);
    const tomorrow = { db: database.prisma, clock: createFakeClock('2026-11-26T00:10:00Z') };
    const second = await listUsage(tomorrow, { ...ask, after: first.rows[0]?.id });
    expect(second).toMatchObject({ rows: [{ modelVersion: 'b@1' }], hasMore: false });
  });

  it('after the last row has nothing more', async () => {
    const after = (await list({ groupBy: ['day'] })).rows.at(-1)?.id;
    expect(await list({ groupBy: ['day'], after })).toMatchObject({ rows: [], hasMore: false });
  });
});
