import { pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import { createBatcher } from '#workers/batching/dynamic-batcher.ts';
import type { InputRefusal, ModelRuntime } from '#workers/model-runtime/model-runtime.ts';
import type { GatewayMetrics } from '../running/metrics.ts';
import type { ServedModel } from './served-model.ts';

/** Puts the batcher in front of a model. */
export function serveModel<Item, Output>(
  runtime: ModelRuntime<Item, Output>,
  costBound: (item: Item) => number,
  metrics: GatewayMetrics,
): ServedModel<Item, Output> {
  const { id } = runtime.model;
  const batcher = createBatcher<Item, Output | InputRefusal>({
    policy: {
      itemsMax: runtime.limits.batchItemsMax,
      weightMax: runtime.limits.batchTokensMax,
      parallelBatches: runtime.limits.parallelBatches,
    },
    queueItemsMax: pipelineLimits.modelQueueItemsMax,
    laneItemsMax: pipelineLimits.modelLaneItemsMax,
    weightOf: costBound,
    run: (items, signal) => runtime.run(items, signal),
    onBatch: (batch) => metrics.countBatch(id, batch),
  });
  metrics.watchDepth(`model:${id}`, () => batcher.waitingItems);
  return { runtime, batcher, costBound };
}
