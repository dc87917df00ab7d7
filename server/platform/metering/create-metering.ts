import type { Pool } from 'pg';
import { pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type Admission,
  type AdmitRequest,
  DatabaseAwayError,
  type Metering,
  type Settlement,
  type SettleOutcome,
} from '#server/domain/usage/metering.ts';
import { admitMany } from './admit-many.ts';
import { createGroup } from './group.ts';
import { settleMany } from './settle-many.ts';

export interface MeteringOptions {
  readonly pool: Pool;
  readonly holdMs: number;
  readonly onCall?: (call: { name: 'admit' | 'settle'; rows: number; tookMs: number }) => void;
}

export interface PostgresMetering extends Metering {
  readonly depth: { readonly admit: number; readonly settle: number };
  /** Resolves when every settlement that was handed in is answered. */
  drain(): Promise<void>;
}

const callTimeoutMs = 5_000;
/** Longest that a request waits for company, at each of the two calls; a request without company does not wait. */
const lingerMs = 2;
/** Requests at the same time up to which nobody waits: the calls have room for them. */
const companyMin = 8;
const enoughShare = 0.45;
/** For the pool that it is given: one call of each kind at a time, and one for a look at the health. */
export const meteringConnections = 3;

export function createMetering({ pool, holdMs, onCall }: MeteringOptions): PostgresMetering {
  const toAwayError = (cause: unknown) => new DatabaseAwayError('The database does not answer.', { cause });
  // Requests between the two calls, and in them: what may soon stand in either queue.
  let inFlight = 0;
  const rowsEnough = () => (inFlight <= companyMin ? 0 : inFlight * enoughShare);
  const admits = createGroup<AdmitRequest, Admission>({
    run: (rows) => admitMany({ pool, holdMs, timeoutMs: callTimeoutMs }, rows),
    rowsMax: pipelineLimits.admitBatchMax,
    queueMax: pipelineLimits.admitQueueMax,
    callsMax: 1,
    toAwayError,
    lingerMs,
    rowsEnough,
    onCall: (call) => onCall?.({ name: 'admit', ...call }),
  });
  const settles = createGroup<Settlement, SettleOutcome>({
    run: (rows) => settleMany({ pool, timeoutMs: callTimeoutMs }, rows),
    rowsMax: pipelineLimits.settleBatchMax,
    // Every settlement belongs to a request that was admitted, so admission bounds this queue already.
    queueMax: Number.POSITIVE_INFINITY,
    // A second one would wait for the first one's locks; fuller groups cost less.
    callsMax: 1,
    toAwayError,
    lingerMs,
    rowsEnough,
    onCall: (call) => onCall?.({ name: 'settle', ...call }),
  });
  return {
    async admit(request, signal) {
      inFlight++;
      try {
        const admission = await admits.submit(request, { signal });
        if (admission.verdict !== 'valid' || request.unitsMax === 0) inFlight--;
        return admission;
      } catch (error) {
        inFlight--;
        throw error;
      }
    },
    settle: (settlement, retryUntilMs) =>
      settles.submit(settlement, { retryUntilMs }).finally(() => {
        inFlight--;
      }),
    depth: {
      get admit() {
        return admits.depth;
      },
      get settle() {
        return settles.depth;
      },
    },
    drain: () => settles.idle(),
  };
}
