import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Admission, AdmitRequest, AssumedOutcome, Cost } from '#server/domain/usage/metering.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import type { WorkspaceOptions } from '#server/testing/factories.ts';
import {
  admitRequest,
  type Customer,
  createCustomer,
  settlementOf,
} from '#server/testing/metering-requests.ts';
import { meteringState } from '#server/testing/metering-state.ts';
import { createMetering, type PostgresMetering } from './create-metering.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const assumedCall = 'admit_and_settle_of_key';
type Fault = 'before' | 'after' | null;

/** A gateway whose calls are counted by name, and of which the next one for what was assumed may lose its connection. */
function gateway() {
  const calls: string[] = [];
  const next: { fault: Fault } = { fault: null };
  const query = async (config: { readonly name: string }) => {
    calls.push(config.name);
    const fault = config.name === assumedCall ? next.fault : null;
    if (fault) next.fault = null;
    if (fault === 'before') throw new Error('Connection terminated unexpectedly');
    const result = await database.pool.query(config as pg.QueryConfig);
    if (fault === 'after') throw new Error('Connection terminated unexpectedly');
    return result;
  };
  const metering = createMetering({ pool: { query } as unknown as pg.Pool, holdMs: 60_000 });
  return { metering, calls, next };
}

/** One with much left, whose like the gateway has let through, and which it knows to have many places. */
async function known(metering: PostgresMetering, options: WorkspaceOptions = {}): Promise<Customer> {
  const one = await createCustomer(database.prisma, {
    quotaUnits: 100_000,
    concurrencyMax: 1_000,
    ...options,
  });
  await asUsual(metering, admitRequest(one));
  expect(await run(metering, admitRequest(one))).toMatchObject({ outcome: 'settled' });
  return one;
}

async function asUsual(metering: PostgresMetering, request: AdmitRequest): Promise<void> {
  const admission = (await metering.admit(request)) as Extract<Admission, { verdict: 'valid' }>;
  const { epoch, share } = admission;
  await metering.settle({ ...settlementOf(request, 1), epoch, share }, soon());
}

const soon = () => Date.now() + 2_000;

/** Null: it was not assumed. */
async function run(
  metering: PostgresMetering,
  request: AdmitRequest,
  cost: Cost = settlementOf(request, 1),
  retryUntilMs = soon(),
): Promise<AssumedOutcome | null> {
  const assumed = metering.assume(request);
  if (!assumed) return null;
  return metering.settleAssumed(assumed, cost, { admit: metering.admit, retryUntilMs });
}

const stateOf = (one: Customer) => meteringState(database.pool, one);
const set = (statement: string, id: string) => database.pool.query(statement, [id]);

describe('what was assumed', () => {
  it('is admitted and settled in one call, and then told how much is left', async () => {
    const { metering, calls } = gateway();
    const one = await known(metering);
    calls.length = 0;
    const outcome = await run(metering, admitRequest(one));
    expect(calls).toEqual([assumedCall]);
    expect(outcome).toMatchObject({ verdict: 'valid', outcome: 'settled' });
    expect(outcome?.windows?.requests.remaining).toBeGreaterThan(0);
    const { allowance, hours, records } = await stateOf(one);
    expect(allowance).toMatchObject([{ spent_units: '3', held_units: '0', held_requests: 0 }]);
    expect(hours).toMatchObject([{ requests: '3' }]);
    expect(records).toHaveLength(3);
  });

  it('shares a call with all that waits', async () => {
    const { metering, calls } = gateway();
    const [one, other] = [await known(metering), await known(metering)];
    calls.length = 0;
    const requests = [one, one, other, one, other].map((each) => admitRequest(each));
    await Promise.all(requests.map((request) => run(metering, request)));
    expect(calls).toEqual(['admit_and_settle']);
    expect((await stateOf(one)).allowance).toMatchObject([{ spent_units: '5' }]);
    expect((await stateOf(other)).allowance).toMatchObject([{ spent_units: '4' }]);
    expect(metering.depth.settle).toBe(0);
  });

  it('is refused where its key was revoked meanwhile: nothing is written, and the next one asks first', async () => {
    const { metering } = gateway();
    const one = await known(metering);
    const before = await stateOf(one);
    await set('UPDATE api_keys SET revoked_at = now() WHERE id = $1', one.keyId);
    expect(await run(metering, admitRequest(one))).toMatchObject({ verdict: 'revoked' });
    expect(await stateOf(one)).toEqual(before);
    expect(metering.assume(admitRequest(one))).toBeNull();
  });

  it('spends a quota to its last unit, and nothing above it', async () => {
    const { metering } = gateway();
    const one = await known(metering, { quotaUnits: 1_040 });
    // Two are spent; the last thousand are asked for one by one.
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, () => {
        const request = admitRequest(one, { unitsMax: 20, unitsMin: 20, microUsdMax: 20 });
        return run(metering, request, settlementOf(request, 20));
      }),
    );
    const verdicts = outcomes.map((outcome) => outcome?.verdict);
    expect(verdicts.filter((verdict) => verdict === 'valid')).toHaveLength(51);
    expect(verdicts.filter((verdict) => verdict !== 'valid')).toHaveLength(9);
    expect((await stateOf(one)).allowance).toMatchObject([{ spent_units: '1022', held_units: '0' }]);
  });

  it('is not written where its process was stopped for longer than a hold lasts', async () => {
    const { metering, calls } = gateway();
    const one = await known(metering);
    const before = await stateOf(one);
    calls.length = 0;
    const request = admitRequest(one);
    const late = await run(metering, request, settlementOf(request, 1), Date.now());
    expect(late).toMatchObject({ outcome: 'no_hold' });
    expect(calls).toEqual([]);
    expect(await stateOf(one)).toEqual(before);
    expect(metering.depth.assumed).toBe(0);
  });

  it('is not asked for anew where it was stopped while the database decided', async () => {
    const { metering, calls } = gateway();
    const one = await known(metering);
    await set('UPDATE api_keys SET revoked_at = now() WHERE id = $1', one.keyId);
    calls.length = 0;
    const request = admitRequest(one);
    const untilMs = Date.now() + 1_000;
    const running = run(metering, request, settlementOf(request, 1), untilMs);
    const stopped = vi.spyOn(Date, 'now').mockReturnValue(untilMs);
    expect(await running.finally(() => stopped.mockRestore())).toMatchObject({ outcome: 'no_hold' });
    expect(calls).toEqual([assumedCall]);
  });

  it('that failed is written with no units', async () => {
    const { metering } = gateway();
    const one = await known(metering);
    const request = admitRequest(one);
    const cost = settlementOf(request, 0, { statusClass: 5, priceMicroUsd: 0 });
    expect(await run(metering, request, cost)).toMatchObject({ outcome: 'settled' });
    expect((await stateOf(one)).hours).toMatchObject([{ requests: '2' }, { requests: '1', status_class: 5 }]);
  });

  it.each(['before', 'after'] as const)(
    'is written once where the connection is lost %s it was',
    async (fault) => {
      const { metering, calls, next } = gateway();
      const one = await known(metering);
      calls.length = 0;
      next.fault = fault;
      expect(await run(metering, admitRequest(one))).toMatchObject({ outcome: 'settled' });
      expect(calls.slice(0, 2)).toEqual([assumedCall, 'settle']);
      expect(calls).toHaveLength(fault === 'before' ? 4 : 2);
      const { allowance, holds, records } = await stateOf(one);
      expect(allowance).toMatchObject([{ spent_units: '3', held_units: '0', held_requests: 0 }]);
      expect([holds.length, records.length]).toEqual([0, 3]);
      expect(metering.assume(admitRequest(one))).toBeNull();
    },
  );
});

describe('nothing is assumed', () => {
  it('before a request was let through, nor of one that was refused', async () => {
    const { metering } = gateway();
    const one = await createCustomer(database.prisma);
    expect(metering.assume(admitRequest(one))).toBeNull();
    await metering.admit(admitRequest(one, { scope: 'sentiment', keyHash: Buffer.alloc(32) }));
    expect(metering.assume(admitRequest(one))).toBeNull();
  });

  it('of a key that restricts, which costs it one call in vain', async () => {
    const { metering, calls } = gateway();
    const one = await createCustomer(database.prisma, {}, { budgetMicroUsd: 1_000 });
    await asUsual(metering, admitRequest(one));
    calls.length = 0;
    expect(await run(metering, admitRequest(one))).toMatchObject({ outcome: 'settled' });
    expect(calls[0]).toBe(assumedCall);
    calls.length = 0;
    await asUsual(metering, admitRequest(one));
    expect(await run(metering, admitRequest(one))).toBeNull();
    expect(calls).not.toContain(assumedCall);
  });
});
