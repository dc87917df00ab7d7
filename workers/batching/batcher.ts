import type { BatchPolicy, Weight } from './batch-policy.ts';

export interface BatcherOptions<Item, Result> {
  readonly policy: BatchPolicy;
  /** Items that may wait; beyond that `submit` rejects with `BatcherFullError`. */
  readonly queueItemsMax: number;
  /** So many of them of one lane, so that a flood leaves room for the others. Left out: all. */
  readonly laneItemsMax?: number;
  /**
   * How long an idle thread waits for a batch to fill. 0: never, a batch is what came while the threads were busy,
   * so a lone request pays nothing for batching.
   */
  readonly maxWaitMs?: number;
  weightOf(item: Item): Weight;
  /** A result for each item, in order. */
  run(items: readonly Item[], signal: AbortSignal): Promise<readonly Result[]>;
  onBatch?(batch: { items: number; waitedMs: number; ranMs: number }): void;
}

/** What is asked of an AbortSignal here. Making a whole one for each call costs more than that. */
export interface Departure {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface SubmitOptions {
  /** Who shares the model: turns are taken by lane. */
  readonly lane: string;
  readonly share?: number;
  readonly signal?: Departure | undefined;
  /** After this long it is given up with a `BatcherTimeoutError`. */
  readonly timeoutMs?: number;
  /** Left out: it waits. */
  readonly waitMax?: WaitMax | undefined;
  /** Told of each batch that items of it were in; times of performance.now(). */
  readonly onBatch?: ((batch: BatchTimes) => void) | undefined;
}

/**
 * Refused at once with a `BatcherFullError` where, by the model's pace, it would have to wait for others longer than `ms`
 * and than it takes by itself, together.
 */
export interface WaitMax {
  readonly ms: number;
  /** Of all that it will submit, these and later ones. */
  readonly items: number;
}

export interface BatchTimes {
  readonly queuedAtMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Of the whole batch. */
  readonly items: number;
}

export interface Batcher<Item, Result> {
  /** Results in the order of the items; they may run in several batches. */
  submit(items: readonly Item[], options: SubmitOptions): Promise<readonly Result[]>;
  readonly waitingItems: number;
  readonly runningBatches: number;
  /** Refuses new items, runs what waits, and resolves when it is done. */
  close(): Promise<void>;
}

export class BatcherFullError extends Error {
  override readonly name = 'BatcherFullError';
  /** How long what comes first will take, as far as that is known. */
  readonly waitMs: number;

  constructor(message: string, waitMs: number) {
    super(message);
    this.waitMs = waitMs;
  }
}
export class BatcherClosedError extends Error {
  override readonly name = 'BatcherClosedError';
}
export class BatcherTimeoutError extends Error {
  override readonly name = 'BatcherTimeoutError';
}
export class MissingResultError extends Error {
  override readonly name = 'MissingResultError';
}
