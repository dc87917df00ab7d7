import {
  type Assumed,
  type AssumedOutcome,
  type Cost,
  DatabaseAwayError,
  type SettleAssumedOptions,
  type Settlement,
  type SettleOutcome,
} from '#server/domain/usage/metering.ts';
import type { Assumptions, Learned } from './assumptions.ts';
import type { MeteringCall } from './call-function.ts';
import { type AssumedCost, callOfAssumed, undecided } from './call-of-assumed.ts';
import { createGroup, type GroupOptions } from './group.ts';

export interface SettleAssumedDependencies extends MeteringCall {
  readonly assumptions: Assumptions;
  /** Of a request that was admitted; `again`: it may have been settled. */
  settle(settlement: Settlement, retryUntilMs: number, again: boolean): Promise<SettleOutcome>;
  /** Of one that may have been settled, and that was not admitted. */
  settleAgain(settlement: Settlement, retryUntilMs: number): Promise<SettleOutcome>;
  readonly group: Pick<GroupOptions<never, never>, 'rowsMax' | 'lingerMs' | 'toAwayError' | 'onCall'>;
  /** Of so many requests under way how many a call waits for. */
  rowsEnough(underWay: number): number;
}

export interface AssumedSettlements {
  settle(assumed: Assumed, cost: Cost, how: SettleAssumedOptions): Promise<AssumedOutcome>;
  /** How many wait for the database. */
  readonly depth: number;
  /** Resolves when none does. */
  idle(): Promise<void>;
}

/**
 * What was assumed is admitted and settled together, for each kind of requests as if it stood alone; where the database
 * does not take a kind whole, each of its requests by itself.
 */
export function createAssumedSettlements(dependencies: SettleAssumedDependencies): AssumedSettlements {
  const { assumptions } = dependencies;
  const group = createGroup<AssumedCost, Learned | typeof undecided>({
    run: (rows) => callOfAssumed(dependencies, rows),
    ...dependencies.group,
    // What has run was let in already.
    queueMax: Number.POSITIVE_INFINITY,
    callsMax: 1,
    rowsEnough: () => dependencies.rowsEnough(assumptions.underWay),
  });

  async function settle(
    assumed: Assumed,
    cost: Cost,
    { admit, retryUntilMs }: SettleAssumedOptions,
  ): Promise<AssumedOutcome> {
    const { request } = assumed;
    // It has no hold that ends, so this takes its place: of a process that was stopped for long.
    const tooLate = { verdict: 'valid', windows: null, outcome: 'no_hold' } as const;
    if (Date.now() >= retryUntilMs) return tooLate;
    let again = false;
    try {
      const learned = await group.submit({ assumed, cost });
      if (learned !== undecided) {
        assumptions.learn(request, learned);
        return { verdict: 'valid', windows: learned.windows, outcome: 'settled' };
      }
      assumptions.doubt(request.keyId);
    } catch (error) {
      if (!(error instanceof DatabaseAwayError) || Date.now() >= retryUntilMs) throw error;
      // It may have been written all the same.
      assumptions.doubtAll();
      const outcome = await dependencies.settleAgain({ ...cost, epoch: 0 }, retryUntilMs);
      if (outcome === 'settled') return { verdict: 'valid', windows: null, outcome };
      again = true;
    }
    if (Date.now() >= retryUntilMs) return tooLate;
    const admission = await admit(request);
    if (admission.verdict !== 'valid') return admission;
    const { windows, epoch, share } = admission;
    const outcome = await dependencies.settle({ ...cost, epoch, share }, retryUntilMs, again);
    return { verdict: 'valid', windows, outcome };
  }

  return {
    async settle(assumed, cost, how) {
      try {
        return await settle(assumed, cost, how);
      } finally {
        assumptions.end(assumed);
      }
    },
    get depth() {
      return group.depth;
    },
    idle: () => group.idle(),
  };
}
