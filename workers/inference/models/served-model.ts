import type { Batcher } from '#workers/batching/batcher.ts';
import type { InputRefusal, ModelRuntime } from '#workers/model-runtime/model-runtime.ts';

/** A model with the batcher in front of it. */
export interface ServedModel<Item, Output> {
  readonly runtime: ModelRuntime<Item, Output>;
  readonly batcher: Batcher<Item, Output | InputRefusal>;
  /** The most units that an item can cost: what is held for it, and its weight in a batch. */
  costBound(item: Item): number;
}
