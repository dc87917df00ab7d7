import type { Admission, AdmitRequest, Settlement } from '#server/domain/usage/metering.ts';
import { asCallOfOneKey, callOfOneKey } from '#server/platform/metering/call-of-one-key.ts';
import { type Outcome, settleAndAdmitAll, type Waiting } from '#server/platform/metering/settle-and-admit.ts';
import type { TestDatabase } from './database.ts';
import type { ApiKeyOptions, WorkspaceOptions } from './factories.ts';
import { admitRequest, type Customer, createCustomer, settlementOf } from './metering-requests.ts';
import { meteringState, rateBuckets } from './metering-state.ts';

const roomy = { quotaUnits: 1_000_000, budgetMicroUsd: 1_000_000 };

/** A gateway's two ways through a database. */
export function bothWays({ pool, prisma }: TestDatabase) {
  const call = { pool, holdMs: 60_000, timeoutMs: 5_000 };
  const longWay = (waiting: readonly Waiting[]) => settleAndAdmitAll(call, waiting);
  async function shortWay(waiting: readonly Waiting[]) {
    const ofOneKey = asCallOfOneKey(waiting);
    return ofOneKey && callOfOneKey(call, ofOneKey, waiting);
  }

  /** One whose rate buckets are there, as they are after its first call, which cost a unit. */
  async function customer(options: WorkspaceOptions = {}, keyOptions: Partial<ApiKeyOptions> = {}) {
    const one = await createCustomer(prisma, { ...roomy, ...options }, keyOptions);
    const first = admitRequest(one);
    await longWay([{ request: first }]);
    await longWay([{ settlement: settlementOf(first, 1) }]);
    return one;
  }

  return {
    call,
    longWay,
    shortWay,
    customer,
    stateOf: (one: Customer) => meteringState(pool, one),
    bucketsOf: (one: Customer) => rateBuckets(pool, one),
  };
}

export function asks(of: Customer, count: number, more: Partial<AdmitRequest> = {}): AdmitRequest[] {
  return Array.from({ length: count }, () => admitRequest(of, { unitsMax: 10, microUsdMax: 20, ...more }));
}

export function toWaiting(requests: readonly AdmitRequest[]): Waiting[] {
  return requests.map((request) => ({ request }));
}

/** What was admitted, answered: six units for seven millionths of a dollar, unless given. */
export function settled(
  request: AdmitRequest,
  outcome: Outcome | undefined,
  more: Partial<Settlement> = {},
): Waiting {
  const { epoch, share } = outcome as Extract<Admission, { verdict: 'valid' }>;
  return {
    settlement: settlementOf(request, 4, { epoch, share, priceMicroUsd: 7, outputUnits: 2, ...more }),
  };
}
