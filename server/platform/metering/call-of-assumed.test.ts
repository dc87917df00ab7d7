import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdmitRequest, Cost } from '#server/domain/usage/metering.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { type Customer, settlementOf } from '#server/testing/metering-requests.ts';
import { asks, bothWays, settled, toWaiting } from '#server/testing/metering-ways.ts';
import { refusedByTheShortWay } from '#server/testing/refused-by-the-short-way.ts';
import type { Learned } from './assumptions.ts';
import { type AssumedCost, callOfAssumed, kindOf, undecided } from './call-of-assumed.ts';

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

function rowsOf(
  { workspaceId }: Pick<Customer, 'workspaceId'>,
  requests: readonly AdmitRequest[],
  more: (i: number) => Partial<Cost> = () => ({}),
): AssumedCost[] {
  return requests.map((request, i) => ({
    assumed: { verdict: 'assumed', workspaceId, request },
    cost: costOf(request, more(i)),
  }));
}

/** Of one kind: null where it was left as it was. */
async function call(
  one: Customer,
  requests: readonly AdmitRequest[],
  more?: (i: number) => Partial<Cost>,
): Promise<Learned | null> {
  const outcomes = await callOfAssumed(ways.call, rowsOf(one, requests, more));
  expect(new Set(outcomes).size).toBe(1);
  const [outcome] = outcomes;
  return outcome === undecided || outcome === undefined ? null : outcome;
}

describe('what is admitted when it is settled', () => {
  it('leaves what admission and settlement leave, and tells the same of what is left', async () => {
    // Limits that trickle slowly: what comes in while the test runs is less than one.
    const slowly = { requestsPerMinute: 900, unitsPerMinute: 90_000 };
    const workspace = { ...slowly, concurrencyMax: 50 };
    const [one, other] = [await ways.customer(workspace, slowly), await ways.customer(workspace, slowly)];
    const latencies = [3, 6, 700, 31_000, 6];
    const requests = asks(one, 5);
    const found = await call(one, requests, (i) => ({ latencyMs: latencies[i] }));
    const failed = { statusClass: 5, inputUnits: 0, outputUnits: 0, priceMicroUsd: 0 } as const;
    await call(one, asks(one, 1), () => failed);

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
    expect(await call(one, asks(one, 3))).toBeNull();
    expect(await call(one, asks(one, 2))).toMatchObject({ places: 2 });
  });

  it('keeps the books however many calls come at once', async () => {
    const one = await ways.customer();
    const before = await spentOf(one);
    const found = await Promise.all(Array.from({ length: 40 }, () => call(one, asks(one, 3))));
    expect(found.every((each) => each !== null)).toBe(true);
    expect((await spentOf(one)) - before).toBe(40 * 3 * 6);
    const { hours, records } = await ways.stateOf(one);
    expect(records).toHaveLength(121);
    expect(hours).toMatchObject([{ requests: '121' }]);
  });

  it('is not written at all where one of them is in the ledger', async () => {
    const one = await ways.customer();
    const [first, second] = asks(one, 2) as [AdmitRequest, AdmitRequest];
    await call(one, [first]);
    const before = [await ways.stateOf(one), await ways.bucketsOf(one)];
    await expect(call(one, [second, first])).rejects.toMatchObject({ code: '23505' });
    expect([await ways.stateOf(one), await ways.bucketsOf(one)]).toEqual(before);
  });
});

describe('several kinds in one call', () => {
  it('are each let through, or left as they were, as if they stood alone', async () => {
    const customers = [await ways.customer(), await ways.customer(), await ways.customer()];
    const [one, revoked, other] = customers as [Customer, Customer, Customer];
    await database.pool.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [revoked.keyId]);
    const before = await ways.stateOf(revoked);
    const failed = { statusClass: 5, inputUnits: 0, outputUnits: 0, priceMicroUsd: 0 } as const;
    const rows = [
      ...rowsOf(other, asks(other, 2), (i) => ({ inputUnits: i })),
      ...rowsOf(revoked, asks(revoked, 1)),
      ...rowsOf(one, asks(one, 3), (i) => ({ latencyMs: 7 * i })),
      ...rowsOf(other, asks(other, 1), () => failed),
      ...rowsOf(one, asks(one, 1), () => ({ modelVersion: 'sentiment-1@next' })),
    ];
    const outcomes = await callOfAssumed(ways.call, rows);
    expect(outcomes.map((outcome) => outcome === undecided || outcome.workspaceId)).toEqual(
      [other, other, null, one, one, one, other, one].map((each) => each?.workspaceId ?? true),
    );
    expect(await ways.stateOf(revoked)).toEqual(before);
    const [ofOne, ofOther] = [await ways.stateOf(one), await ways.stateOf(other)];
    expect(ofOne.allowance).toMatchObject([{ spent_units: '25', spent_micro_usd: '29' }]);
    expect(ofOne.hours).toMatchObject([
      { model_version: 'sentiment-1@next', requests: '1' },
      { model_version: 'sentiment-1@test', requests: '4', latency_counts: latencies([2, 1, 1]) },
    ]);
    expect(ofOne.records.map(({ latency_ms: ms }) => ms)).toEqual([0, 3, 3, 7, 14]);
    expect(ofOther.allowance).toMatchObject([{ spent_units: '6' }]);
    expect(ofOther.hours).toMatchObject([
      { status_class: 2, requests: '3' },
      { status_class: 5, requests: '1' },
    ]);
  });

  it('of many gateways at once end in no deadlock, and keep the books', async () => {
    const customers = await Promise.all(Array.from({ length: 6 }, () => ways.customer()));
    const calls = Array.from({ length: 30 }, (_, i) => {
      const some = customers.filter((_, n) => (i + n) % 3 > 0);
      const rows = (i % 2 ? some : some.toReversed()).flatMap((one) => rowsOf(one, asks(one, 2)));
      return callOfAssumed(ways.call, rows);
    });
    const longWays = customers.map(async (one) => {
      const [request] = asks(one, 1) as [AdmitRequest];
      const [held] = await ways.longWay(toWaiting([request]));
      await ways.longWay([settled(request, held)]);
    });
    await Promise.all([...calls, ...longWays]);
    for (const one of customers) {
      // Twenty calls of two each, one the long way, and the one unit that made the buckets.
      expect(await spentOf(one)).toBe(41 * 6 + 1);
      expect((await ways.stateOf(one)).hours).toMatchObject([{ requests: '42' }]);
    }
  });

  const latencies = (counts: readonly number[]) =>
    Array.from({ length: 13 }, (_, bucket) => `${counts[bucket] ?? 0}`);
});

async function spentOf({ workspaceId }: Customer): Promise<number> {
  const { rows } = await database.pool.query<{ spent: number }>(
    'SELECT spent_units::int AS spent FROM allowances WHERE workspace_id = $1',
    [workspaceId],
  );
  return rows[0]?.spent ?? 0;
}

describe('the call leaves to the long way, and changes nothing,', () => {
  it('requests of two hours', async () => {
    const one = await ways.customer();
    const [request, later] = asks(one, 2) as [AdmitRequest, AdmitRequest];
    // 2020, by its first 48 bits: there is no partition of the ledger for it, so writing it would fail.
    const early = { ...request, requestId: `016f5e66-e800-7${request.requestId.slice(15)}` };
    const before = await ways.stateOf(one);
    expect(await call(one, [later, early])).toBeNull();
    expect(await ways.stateOf(one)).toEqual(before);
  });

  it.each(refusedByTheShortWay)('%s', async (_, change, more = {}) => {
    const one = await ways.customer();
    await change(database.pool, one);
    const [before, buckets] = [await ways.stateOf(one), await ways.bucketsOf(one)];
    expect(await call(one, asks(one, 2, more))).toBeNull();
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
    kindOf(rowsOf(one, [{ ...request, ...more }], () => cost)[0] as AssumedCost);
  const [alike] = rowsOf(one, [other], () => ({ inputUnits: 9, latencyMs: 9 })) as [AssumedCost];
  expect(kindOf(alike)).toBe(kind());
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
