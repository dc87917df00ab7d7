import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdmitRequest, Cost } from '#server/domain/usage/metering.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { type Customer, settlementOf } from '#server/testing/metering-requests.ts';
import { asks, bothWays, settled, toWaiting } from '#server/testing/metering-ways.ts';
import { refusedByTheShortWay } from '#server/testing/refused-by-the-short-way.ts';
import { callOfAssumed, kindOf } from './call-of-assumed.ts';

let database: TestDatabase;
let ways: ReturnType<typeof bothWays>;
beforeAll(async () => {
  database = await createTestDatabase();
  ways = bothWays(database);
});
afterAll(() => database.drop());

function costOf(request: AdmitRequest, more: Partial<Cost> = {}): Cost {
  return settlementOf(request, 4, { priceMicroUsd: 7, outputUnits: 2, ...more });
}

function call(requests: readonly AdmitRequest[], more: (i: number) => Partial<Cost> = () => ({})) {
  const costs = requests.map((request, i) => costOf(request, more(i)));
  const [request, cost] = [requests[0] as AdmitRequest, costs[0] as Cost];
  return callOfAssumed(ways.call, { request, cost }, costs);
}

describe('what is admitted when it is settled', () => {
  it('leaves what admission and settlement leave, and tells the same of what is left', async () => {
    // Limits that trickle slowly: what comes in while the test runs is less than one.
    const slowly = { requestsPerMinute: 900, unitsPerMinute: 90_000 };
    const workspace = { ...slowly, concurrencyMax: 50 };
    const [one, other] = [await ways.customer(workspace, slowly), await ways.customer(workspace, slowly)];
    const latencies = [3, 6, 700, 31_000, 6];
    const requests = asks(one, 5);
    const found = await call(requests, (i) => ({ latencyMs: latencies[i] }));
    const failed = { statusClass: 5, inputUnits: 0, outputUnits: 0, priceMicroUsd: 0 } as const;
    await call(asks(one, 1), () => failed);

    const asked = asks(other, 5);
    const held = await ways.longWay(toWaiting(asked));
    await ways.longWay(
      asked.map((request, i) => settled(request, held[i], { latencyMs: latencies[i] as number })),
    );
    const [alone] = asks(other, 1) as [AdmitRequest];
    const [aloneHeld] = await ways.longWay(toWaiting([alone]));
    await ways.longWay([settled(alone, aloneHeld, failed)]);

    expect(await ways.stateOf(one)).toEqual(await ways.stateOf(other));
    const [buckets, otherBuckets] = [await ways.bucketsOf(one), await ways.bucketsOf(other)];
    buckets.forEach((bucket, i) => {
      expect(Math.abs(bucket.requests - (otherBuckets[i]?.requests ?? 0))).toBeLessThan(30);
      expect(Math.abs(bucket.units - (otherBuckets[i]?.units ?? 0))).toBeLessThan(3_000);
    });
    expect(found).toMatchObject({ workspaceId: one.workspaceId, places: 50 });
    const { requests: ofRequests, units } = found?.windows ?? {};
    expect([ofRequests?.limit, units?.limit]).toEqual([900, 90_000]);
    // Five and the first one that made the buckets; 30 units and its one.
    expect(900 - (ofRequests?.remaining ?? 0)).toBeLessThanOrEqual(6);
    expect(90_000 - (units?.remaining ?? 0)).toBeLessThanOrEqual(31);
  });

  it('is held against the places that others have taken', async () => {
    const one = await ways.customer({ concurrencyMax: 4 });
    await ways.longWay(toWaiting(asks(one, 2)));
    expect(await call(asks(one, 3))).toBeNull();
    expect(await call(asks(one, 2))).toMatchObject({ places: 2 });
  });

  it('keeps the books however many calls come at once', async () => {
    const one = await ways.customer();
    const before = await spentOf(one);
    const found = await Promise.all(Array.from({ length: 40 }, () => call(asks(one, 3))));
    expect(found.every((each) => each !== null)).toBe(true);
    expect((await spentOf(one)) - before).toBe(40 * 3 * 6);
    const { hours, records } = await ways.stateOf(one);
    expect(records).toHaveLength(121);
    expect(hours).toMatchObject([{ requests: '121' }]);
  });

  it('is not written at all where one of them is in the ledger', async () => {
    const one = await ways.customer();
    const [first, second] = asks(one, 2) as [AdmitRequest, AdmitRequest];
    await call([first]);
    const before = [await ways.stateOf(one), await ways.bucketsOf(one)];
    await expect(call([second, first])).rejects.toMatchObject({ code: '23505' });
    expect([await ways.stateOf(one), await ways.bucketsOf(one)]).toEqual(before);
  });

  async function spentOf({ workspaceId }: Customer): Promise<number> {
    const { rows } = await database.pool.query<{ spent: number }>(
      'SELECT spent_units::int AS spent FROM allowances WHERE workspace_id = $1',
      [workspaceId],
    );
    return rows[0]?.spent ?? 0;
  }
});

describe('the call leaves to the long way, and changes nothing,', () => {
  it('requests of two hours', async () => {
    const one = await ways.customer();
    const [request, later] = asks(one, 2) as [AdmitRequest, AdmitRequest];
    // 2020, by its first 48 bits: there is no partition of the ledger for it, so writing it would fail.
    const early = { ...request, requestId: `016f5e66-e800-7${request.requestId.slice(15)}` };
    const before = await ways.stateOf(one);
    expect(await call([later, early])).toBeNull();
    expect(await ways.stateOf(one)).toEqual(before);
  });

  it.each(refusedByTheShortWay)('%s', async (_, change, more = {}) => {
    const one = await ways.customer();
    await change(database.pool, one);
    const [before, buckets] = [await ways.stateOf(one), await ways.bucketsOf(one)];
    expect(await call(asks(one, 2, more))).toBeNull();
    expect(await ways.stateOf(one)).toEqual(before);
    // What was taken and given back is what has trickled in meanwhile, and nothing but that.
    (await ways.bucketsOf(one)).forEach(({ requests, units }, i) => {
      for (const more of [requests - (buckets[i]?.requests ?? 0), units - (buckets[i]?.units ?? 0)]) {
        expect(more).toBeGreaterThan(-1e-6);
        expect(more).toBeLessThanOrEqual(1);
      }
    });
  });
});

it('goes together with what differs in nothing but its cost', async () => {
  const one = await ways.customer();
  const [request, other] = asks(one, 2) as [AdmitRequest, AdmitRequest];
  const kind = (more: Partial<AdmitRequest> = {}, cost: Partial<Cost> = {}) =>
    kindOf({ request: { ...request, ...more }, cost: costOf(request, cost) });
  expect(kindOf({ request: other, cost: costOf(other, { inputUnits: 9, latencyMs: 9 }) })).toBe(kind());
  const others = [
    kind({ keyId: 'other' }),
    kind({ keyHash: Buffer.alloc(32) }),
    kind({ scope: 'images' }),
    kind({ model: 'other' }),
    kind({ origin: 'https://app.example.com' }),
    kind({}, { task: 'embeddings' }),
    kind({}, { modelVersion: 'other' }),
    kind({}, { statusClass: 5 }),
    kind({}, { unit: 'image' }),
    kind({}, { priceVersion: 2 }),
  ];
  expect(new Set([kind(), ...others]).size).toBe(others.length + 1);
});
