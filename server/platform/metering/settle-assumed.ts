import {
  type AdmitRequest,
  type AssumedOutcome,
  type Cost,
  DatabaseAwayError,
  type SettleAssumedOptions,
  type Settlement,
  type SettleOutcome,
} from '#server/domain/usage/metering.ts';
import type { Assumptions, Learned } from './assumptions.ts';
import type { MeteringCall } from './call-function.ts';
import { type AssumedCost, callOfAssumed, kindOf } from './call-of-assumed.ts';
import { createGroup, type Group } from './group.ts';

export interface SettleAssumedDependencies extends MeteringCall {
  readonly assumptions: Assumptions;
  readonly toAwayError: (cause: unknown) => Error;
  /** Of a request that was admitted; `again`: it may have been settled. */
  settle(settlement: Settlement, retryUntilMs: number, again: boolean): Promise<SettleOutcome>;
  /** Of one that may have been settled, and that was not admitted. */
  settleAgain(settlement: Settlement, retryUntilMs: number): Promise<SettleOutcome>;
  readonly group: { readonly rowsMax: number; readonly lingerMs: number };
  /** Of so many requests under way how many a call waits for. */
  rowsEnough(underWay: number): number;
  readonly onCall?: ((call: { rows: number; tookMs: number }) => void) | undefined;
}

export interface AssumedSettlements {
  settle(request: AdmitRequest, cost: Cost, how: SettleAssumedOptions): Promise<AssumedOutcome>;
  /** Each kind costs calls of its own: where so many wait, asking first, which is one call for all, costs less. */
  readonly areOfManyKinds: boolean;
  /** How many wait for the database. */
  readonly depth: number;
  /** Resolves when none does. */
  idle(): Promise<void>;
}

const kindsMax = 4;

interface Kind {
  readonly group: Group<Cost, Learned | typeof undecided>;
  waiting: number;
}

/** The call has left everything as it was. */
const undecided = 'undecided';

/** What was assumed is admitted and settled by kinds; where the database does not take a kind whole, each by itself. */
export function createAssumedSettlements(dependencies: SettleAssumedDependencies): AssumedSettlements {
  const { assumptions } = dependencies;
  const kinds = new Map<string, Kind>();

  async function together(one: AssumedCost): Promise<Learned | typeof undecided> {
    const name = kindOf(one);
    const kind = kinds.get(name) ?? { waiting: 0, group: groupOf(one) };
    kinds.set(name, kind);
    kind.waiting++;
    try {
      return await kind.group.submit(one.cost);
    } finally {
      kind.waiting--;
      if (kind.waiting === 0) kinds.delete(name);
    }
  }

  function groupOf(first: AssumedCost): Kind['group'] {
    return createGroup({
      async run(costs) {
        const learned = await callOfAssumed(dependencies, first, costs);
        return costs.map(() => learned ?? undecided);
      },
      ...dependencies.group,
      // What has run was let in already.
      queueMax: Number.POSITIVE_INFINITY,
      callsMax: 1,
      toAwayError: dependencies.toAwayError,
      rowsEnough: () => dependencies.rowsEnough(assumptions.underWay(first.request.keyId)),
      onCall: dependencies.onCall,
    });
  }

  async function settle(
    request: AdmitRequest,
    cost: Cost,
    { admit, retryUntilMs }: SettleAssumedOptions,
  ): Promise<AssumedOutcome> {
    let again = false;
    try {
      const learned = await together({ request, cost });
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
    const admission = await admit(request);
    if (admission.verdict !== 'valid') return admission;
    const { windows, epoch, share } = admission;
    const outcome = await dependencies.settle({ ...cost, epoch, share }, retryUntilMs, again);
    return { verdict: 'valid', windows, outcome };
  }

  return {
    async settle(request, cost, how) {
      try {
        return await settle(request, cost, how);
      } finally {
        assumptions.end(request);
      }
    },
    get areOfManyKinds() {
      return kinds.size >= kindsMax;
    },
    get depth() {
      let waiting = 0;
      for (const kind of kinds.values()) waiting += kind.waiting;
      return waiting;
    },
    async idle() {
      await Promise.all([...kinds.values()].map((kind) => kind.group.idle()));
    },
  };
}
