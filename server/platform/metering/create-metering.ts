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
import { createGroup } from './group.ts';
import { oneByOne } from './questions.ts';
import { saveMany } from './save-many.ts';
import { createLongWay, type Outcome, settleAndAdmit, type Waiting } from './settle-and-admit.ts';
import { settleMany } from './settle-many.ts';

export type MeteringCallName = 'settle_and_admit' | 'admit' | 'settle' | 'save_progress';

export interface MeteringOptions {
  readonly pool: Pool;
  readonly holdMs: number;
  readonly onCall?: (call: { name: MeteringCallName; rows: number; tookMs: number }) => void;
}

export interface PostgresMetering extends Metering {
  readonly depth: { readonly admit: number; readonly settle: number };
  /** Resolves when every settlement that was handed in is answered. */
  drain(): Promise<void>;
}

const callTimeoutMs = 5_000;
/** Longest that a request waits for company; a request without company does not wait. */
const lingerMs = 2;
/** Requests at the same time up to which nobody waits: the calls have room for them. */
const companyMin = 8;
const enoughShare = 0.6;
/** For the pool that it is given: one call of each kind at a time, and one for a look at the health. */
export const meteringConnections = 5;

/**
 * What was answered and what waits go to the database in one call, one call at a time: a second would wait for the
 * first one's locks, and fuller calls cost less. Three more ways stand beside it, for what must not hold the others
 * up: where a quota or a window is nearly spent each request is asked for by itself, a settlement that the database did
 * not answer is tried again, and streams save their progress.
 */
export function createMetering({ pool, holdMs, onCall }: MeteringOptions): PostgresMetering {
  const toAwayError = (cause: unknown) => new DatabaseAwayError('The database does not answer.', { cause });
  // Requests between admission and settlement, and in either: what may soon stand in the queue.
  let inFlight = 0;
  // Not among them: those that go on for so long that nothing is gained by waiting for them.
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
    rowsEnough: () => (inFlight <= companyMin ? 0 : inFlight * enoughShare),
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

  return {
    async admit(request, signal) {
      inFlight++;
      try {
        const answer = (await both.submit({ request }, { signal })) as Admission | typeof oneByOne;
        const admission = answer === oneByOne ? await admits.submit(request, { signal }) : answer;
        if (admission.verdict !== 'valid' || request.unitsMax === 0) {
          inFlight--;
        } else if (request.ownHold) {
          inFlight--;
          lasting.add(request.requestId);
        }
        return admission;
      } catch (error) {
        inFlight--;
        throw error;
      }
    },
    async settle(settlement, retryUntilMs) {
      if (lasting.delete(settlement.requestId)) inFlight++;
      try {
        return (await both.submit({ settlement })) as SettleOutcome;
      } catch (error) {
        if (!(error instanceof DatabaseAwayError) || Date.now() >= retryUntilMs) throw error;
        return await settles.submit(settlement, { retryUntilMs });
      } finally {
        inFlight--;
      }
    },
    saveProgress: (progress) => saves.submit(progress),
    depth: {
      get admit() {
        return both.count(({ request }) => request !== undefined) + admits.depth;
      },
      get settle() {
        return both.count(({ settlement }) => settlement !== undefined) + settles.depth;
      },
    },
    async drain() {
      await both.idle();
      await settles.idle();
      await saves.idle();
    },
  };
}
