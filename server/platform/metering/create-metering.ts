import type { Pool } from 'pg';
import { pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type Admission,
  type AdmitRequest,
  DatabaseAwayError,
  type Metering,
  type Progress,
  type ProgressOutcome,
  type Settlement,
  type SettleOutcome,
} from '#server/domain/usage/metering.ts';
import { admitMany } from './admit-many.ts';
import { createAssumptions } from './assumptions.ts';
import { createGroup } from './group.ts';
import { oneByOne } from './questions.ts';
import { saveMany } from './save-many.ts';
import { createLongWay, type Outcome, settleAndAdmit, type Waiting } from './settle-and-admit.ts';
import { createAssumedSettlements } from './settle-assumed.ts';
import { settleMany } from './settle-many.ts';

export type MeteringCallName = 'settle_and_admit' | 'admit_and_settle' | 'admit' | 'settle' | 'save_progress';

export interface MeteringOptions {
  readonly pool: Pool;
  readonly holdMs: number;
  readonly onCall?: (call: { name: MeteringCallName; rows: number; tookMs: number }) => void;
}

export interface PostgresMetering extends Metering {
  readonly depth: {
    readonly admit: number;
    readonly settle: number;
    /** Requests that run, or wait to be settled, without having been admitted. */
    readonly assumed: number;
  };
  /** Resolves when every settlement that was handed in is answered. */
  drain(): Promise<void>;
}

const callTimeoutMs = 5_000;
/** Longest that a request waits for company; a request without company does not wait. */
const lingerMs = 2;
/** Requests at the same time up to which nobody waits: the calls have room for them. */
const companyMin = 8;
const enoughShare = 0.6;
const rowsEnough = (underWay: number) => (underWay <= companyMin ? 0 : underWay * enoughShare);
/** For the pool that it is given: one call of each kind at a time, and one for a look at the health. */
export const meteringConnections = 6;

/**
 * What was answered and what waits go to the database in one call, one call at a time: a second would wait for the
 * first one's locks, and fuller calls cost less. A request whose like was let through a moment ago needs one call instead
 * of two, once it has run (`assumptions.ts`). Three more ways stand beside it, for what must not hold the others
 * up: where a quota or a window is nearly spent each request is asked for by itself, a settlement that the database did
 * not answer is tried again, and streams save their progress.
 */
export function createMetering({ pool, holdMs, onCall }: MeteringOptions): PostgresMetering {
  const toAwayError = (cause: unknown) => new DatabaseAwayError('The database does not answer.', { cause });
  // Requests between admission and settlement, and in either: what may soon stand in the queue.
  let inFlight = 0;
  // Not among them until they are settled: those that go on for so long that nothing is gained by waiting for them.
  const lasting = new Set<string>();
  const longWay = createLongWay();
  const both = createGroup<Waiting, Outcome>({
    run: (rows) => settleAndAdmit({ pool, holdMs, timeoutMs: callTimeoutMs }, rows, longWay),
    rowsMax: pipelineLimits.admitBatchMax + pipelineLimits.settleBatchMax,
    queueMax: pipelineLimits.admitQueueMax,
    // Every settlement belongs to a request that was admitted, so admission bounds them already.
    mayRefuse: ({ request }) => request !== undefined,
    callsMax: 1,
    toAwayError,
    lingerMs,
    rowsEnough: () => rowsEnough(inFlight),
    onCall: (call) => onCall?.({ name: 'settle_and_admit', ...call }),
  });
  const admits = createGroup<AdmitRequest, Admission>({
    run: (rows) => admitMany({ pool, holdMs, timeoutMs: callTimeoutMs }, rows),
    rowsMax: pipelineLimits.admitBatchMax,
    queueMax: pipelineLimits.admitQueueMax,
    callsMax: 1,
    toAwayError,
    onCall: (call) => onCall?.({ name: 'admit', ...call }),
  });
  const settles = createGroup<Settlement, SettleOutcome>({
    run: (rows) => settleMany({ pool, timeoutMs: callTimeoutMs }, rows),
    rowsMax: pipelineLimits.settleBatchMax,
    queueMax: Number.POSITIVE_INFINITY,
    callsMax: 1,
    toAwayError,
    onCall: (call) => onCall?.({ name: 'settle', ...call }),
  });
  const saves = createGroup<Progress, ProgressOutcome>({
    run: (rows) => saveMany({ pool, holdMs, timeoutMs: callTimeoutMs }, rows),
    rowsMax: pipelineLimits.settleBatchMax,
    queueMax: Number.POSITIVE_INFINITY,
    callsMax: 1,
    toAwayError,
    onCall: (call) => onCall?.({ name: 'save_progress', ...call }),
  });

  const settleAgain = (settlement: Settlement, retryUntilMs: number) =>
    settles.submit(settlement, { retryUntilMs });
  const assumptions = createAssumptions();
  const assumed = createAssumedSettlements({
    pool,
    timeoutMs: callTimeoutMs,
    assumptions,
    settle,
    settleAgain,
    group: {
      rowsMax: pipelineLimits.settleBatchMax,
      lingerMs,
      toAwayError,
      onCall: (call) => onCall?.({ name: 'admit_and_settle', ...call }),
    },
    rowsEnough,
  });

  async function admit(request: AdmitRequest, signal?: Parameters<Metering['admit']>[1]): Promise<Admission> {
    inFlight++;
    try {
      const answer = (await both.submit({ request }, { signal })) as Admission | typeof oneByOne;
      const admission = answer === oneByOne ? await admits.submit(request, { signal }) : answer;
      if (admission.verdict !== 'valid' || request.unitsMax === 0) {
        inFlight--;
      } else if (request.ownHold || request.counted === null) {
        // A batch's line may also be lost with its lease, and is never settled then.
        inFlight--;
        lasting.add(request.requestId);
      } else {
        assumptions.learn(request, admission);
      }
      return admission;
    } catch (error) {
      inFlight--;
      throw error;
    }
  }

  /** `again`: it may have been settled. */
  async function settle(settlement: Settlement, retryUntilMs: number, again = false): Promise<SettleOutcome> {
    if (lasting.delete(settlement.requestId)) inFlight++;
    try {
      if (again) return await settleAgain(settlement, retryUntilMs);
      return (await both.submit({ settlement })) as SettleOutcome;
    } catch (error) {
      if (!(error instanceof DatabaseAwayError) || Date.now() >= retryUntilMs) throw error;
      return await settleAgain(settlement, retryUntilMs);
    } finally {
      inFlight--;
    }
  }

  return {
    admit,
    settle: (settlement, retryUntilMs) => settle(settlement, retryUntilMs),
    assume(request) {
      const workspaceId = assumptions.begin(request);
      return workspaceId === null ? null : { verdict: 'assumed', workspaceId, request };
    },
    settleAssumed: assumed.settle,
    saveProgress: (progress) => saves.submit(progress),
    depth: {
      get admit() {
        return both.count(({ request }) => request !== undefined) + admits.depth;
      },
      get settle() {
        return both.count(({ settlement }) => settlement !== undefined) + settles.depth + assumed.depth;
      },
      get assumed() {
        return assumptions.underWay;
      },
    },
    async drain() {
      await assumed.idle();
      await both.idle();
      await settles.idle();
      await saves.idle();
    },
  };
}
