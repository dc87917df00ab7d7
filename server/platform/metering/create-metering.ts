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
const settleCallsMax = 3;
/** For the pool that it is given: every call of its own at the same time, and one for a look at the health. */
export const meteringConnections = settleCallsMax + 2;

export function createMetering({ pool, holdMs, onCall }: MeteringOptions): PostgresMetering {
  const toAwayError = (cause: unknown) => new DatabaseAwayError('The database does not answer.', { cause });
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
    // Every settlement belongs to a request that was admitted, so admission bounds this queue already.
    queueMax: Number.POSITIVE_INFINITY,
    // While one waits for the disk the next ones can be written.
    callsMax: settleCallsMax,
    toAwayError,
    onCall: (call) => onCall?.({ name: 'settle', ...call }),
  });
  return {
    admit: (request, signal) => admits.submit(request, { signal }),
    settle: (settlement, retryUntilMs) => settles.submit(settlement, { retryUntilMs }),
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
