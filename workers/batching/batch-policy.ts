/** What an item adds to a batch: tokens for texts, pixels for images. The batcher knows nothing more of it. */
export type Weight = number;

export interface BatchPolicy {
  readonly itemsMax: number;
  readonly weightMax: Weight;
  /** Batches that run at the same time: one a compute thread. */
  readonly parallelBatches: number;
}

export interface BatchFill {
  readonly items: number;
  readonly weight: Weight;
}

/** An item heavier than a whole batch runs alone rather than never. */
export function fits(policy: BatchPolicy, batch: BatchFill, weight: Weight): boolean {
  if (batch.items === 0) return true;
  return batch.items < policy.itemsMax && batch.weight + weight <= policy.weightMax;
}

/**
 * How many of the waiting items the next batch takes: an even share for each thread that is free, because one
 * thread with all of them and another with none takes twice as long.
 */
export function itemsForNextBatch(policy: BatchPolicy, waitingItems: number, runningBatches: number): number {
  const freeThreads = Math.max(1, policy.parallelBatches - runningBatches);
  return Math.min(policy.itemsMax, Math.ceil(waitingItems / freeThreads));
}
