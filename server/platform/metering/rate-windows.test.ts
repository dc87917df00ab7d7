import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdmitRequest } from '#server/domain/usage/metering.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import {
  admitRequest,
  type Customer,
  createCustomer,
  settlementOf,
} from '#server/testing/metering-requests.ts';
import { rateBuckets } from '#server/testing/metering-state.ts';
import { createMetering, type PostgresMetering } from './create-metering.ts';

let database: TestDatabase;
let metering: PostgresMetering;
beforeAll(async () => {
  database = await createTestDatabase();
  metering = createMetering({ pool: database.pool, holdMs: 60_000 });
});
afterAll(() => database.drop());

// So little that nothing to speak of trickles in while a test runs.
const limits = { requestsPerMinute: 10, unitsPerMinute: 200, concurrencyMax: 3 };
const customer = (options = {}) => createCustomer(database.prisma, { ...limits, ...options }, limits);
const ask = (one: Customer, unitsMax: number, more: Partial<AdmitRequest> = {}) =>
  admitRequest(one, { unitsMax, microUsdMax: unitsMax, ownHold: true, ...more });

async function run(request: AdmitRequest, units: number) {
  const admission = await metering.admit(request);
  if (admission.verdict !== 'valid') throw new Error(admission.verdict);
  const { epoch, share } = admission;
  await metering.settle(settlementOf(request, units, { epoch, share }), Date.now());
}

/** What is left of both windows, which have the same limits here. */
async function left(one: Customer) {
  const [ofKey, ofAll] = await rateBuckets(database.pool, one);
  expect(ofKey).toEqual(ofAll);
  return { requests: Math.floor(ofKey?.requests ?? 0), units: Math.floor(ofKey?.units ?? 0) };
}

describe('a rate window', () => {
  it.each([
    ['concurrency_limited', {}],
    ['quota_exceeded', { quotaUnits: 0 }],
    ['budget_exceeded', { budgetMicroUsd: 0 }],
  ])('counts a request that is refused, and none of its units: %s', async (verdict, options) => {
    const one = await customer(options);
    if (verdict === 'concurrency_limited')
      for (let i = 0; i < 3; i++) expect((await metering.admit(ask(one, 1))).verdict).toBe('valid');
    const refused = await metering.admit(ask(one, 50));
    expect(refused).toMatchObject({ verdict });
    const used = verdict === 'concurrency_limited' ? 3 : 0;
    expect(refused.windows?.units.remaining).toBeGreaterThanOrEqual(200 - used);
    expect(await left(one)).toEqual({ requests: 9 - used, units: 200 - used });
  });

  it('counts what asks again by its units alone, and only if it is let through', async () => {
    const one = await customer({ quotaUnits: 60 });
    const first = ask(one, 50);
    expect(await metering.admit(first)).toMatchObject({ verdict: 'valid' });
    const second = ask(one, 40);
    expect(await metering.admit(second)).toMatchObject({ verdict: 'quota_held' });
    expect(await left(one)).toEqual({ requests: 8, units: 150 });
    await metering.settle(settlementOf(first, 1), Date.now());
    expect(await metering.admit({ ...second, counted: true })).toMatchObject({ verdict: 'valid' });
    expect(await left(one)).toEqual({ requests: 8, units: 159 });
  });

  it('gets back no more than it was charged for a call that may take more than a minute has', async () => {
    const one = await customer();
    await run(ask(one, 1_000), 150);
    expect(await left(one)).toEqual({ requests: 9, units: 50 });
  });

  it('gets back all that it was charged where only the rest of a quota was held', async () => {
    const one = await customer({ quotaUnits: 20 });
    await run(ask(one, 100), 5);
    expect(await left(one)).toEqual({ requests: 9, units: 195 });
  });

  it.each([{ ownHold: true }, { ownHold: false }])(
    'is neither charged for a line of a batch nor gets anything back: %o',
    async (how) => {
      const one = await customer();
      await run(ask(one, 150), 150);
      await run(ask(one, 1_000, { counted: null, ...how }), 1);
      expect(await left(one)).toEqual({ requests: 9, units: 50 });
    },
  );
});
