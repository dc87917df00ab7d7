import { batchLimits } from '#server/domain/rate-limits/limits.ts';

/**
 * Why a line was not answered that another time may be. `crowded`: others have the places, or hold the rest of a quota.
 * `refused`: our side takes nothing at the moment. Neither says anything of the line, so both go on until the batch ends.
 * `failed`: it may be this very line that the model does not manage, so it has a bounded number of tries, which are far
 * apart where no other line goes through either.
 */
export type Setback = 'crowded' | 'refused' | 'failed';

const setbacks: ReadonlyMap<unknown, Setback> = new Map([
  ['concurrency_limit_exceeded', 'crowded'],
  ['rate_limit_exceeded', 'crowded'],
  ['overloaded', 'refused'],
  ['database_unavailable', 'refused'],
  ['server_stopping', 'refused'],
  ['model_unavailable', 'failed'],
  ['answer_withheld', 'failed'],
]);

/** Null: it is the answer. */
export function setbackOf(code: unknown, tookMs: number): Setback | null {
  // The same code is given where the model was not done in time.
  if (code === 'overloaded' && tookMs > batchLimits.refusalMsMax) return 'failed';
  return setbacks.get(code) ?? null;
}

export interface RetryTimes {
  readonly lineFirstMs: number;
  readonly lineLongestMs: number;
  readonly refusedFirstMs: number;
  readonly refusedLongestMs: number;
  readonly placeLongestMs: number;
  readonly setAsideMs: number;
}

export const retryTimes: RetryTimes = {
  lineFirstMs: batchLimits.lineRetryFirstMs,
  lineLongestMs: batchLimits.lineRetryLongestMs,
  refusedFirstMs: batchLimits.refusedFirstMs,
  refusedLongestMs: batchLimits.refusedLongestMs,
  placeLongestMs: batchLimits.placeLongestMs,
  setAsideMs: batchLimits.setAsideMs,
};

/** A line that failed waits so many times as long as its batch: where nothing goes through, others are tried first. */
const othersFirst = 120;

/** How a batch holds back while it is refused. It lasts from turn to turn. */
export interface Restraint {
  /** Since a line went through. */
  readonly setbacks: number;
  /** Until the next line may begin. */
  leftMs(): number;
  /** Those that were under way together are one. */
  setBack(setback: Setback): void;
  wentThrough(): void;
  /** Until the same line is run again, that failed so often. */
  lineWaitMs(tries: number): number;
}

export function createRestraint(
  times: RetryTimes,
  { nowMs = () => performance.now(), random = Math.random } = {},
): Restraint {
  let setbacksInARow = 0;
  let untilMs = 0;
  const { jitterShare } = batchLimits;
  const jittered = (ms: number) => ms * (1 - jitterShare + 2 * jitterShare * random());
  const batchWaitMs = () =>
    Math.min(times.refusedLongestMs, times.refusedFirstMs * 2 ** Math.max(0, setbacksInARow - 1));

  return {
    get setbacks() {
      return setbacksInARow;
    },
    leftMs: () => Math.max(0, untilMs - nowMs()),
    setBack(setback) {
      if (nowMs() < untilMs) return;
      const longestMs = setback === 'crowded' ? times.placeLongestMs : times.refusedLongestMs;
      setbacksInARow++;
      untilMs = nowMs() + jittered(Math.min(longestMs, batchWaitMs()));
    },
    wentThrough() {
      setbacksInARow = 0;
      untilMs = 0;
    },
    lineWaitMs(tries) {
      const ms = Math.max(times.lineFirstMs * 3 ** (tries - 1), othersFirst * batchWaitMs());
      return jittered(Math.min(times.lineLongestMs, ms));
    },
  };
}
