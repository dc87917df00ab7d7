import { isRefusal } from '#workers/model-runtime/model-runtime.ts';
import type { ServedModel } from './served-model.ts';

/**
 * A model that answers several kinds of input, for whoever sends one kind. The batcher stays the one of all of them, so
 * they share batches, and workspaces take turns whatever they ask for.
 */
export function servedAs<Item, Output extends object>(
  model: ServedModel<Item, object>,
  isOwn: (output: object) => output is Output,
): ServedModel<Item, Output> {
  const { runtime, batcher } = model;
  const own = (outputs: readonly object[]) =>
    outputs.map((output) => {
      if (isRefusal(output) || isOwn(output)) return output;
      throw new Error(`${runtime.model.id} answered with another kind of output than was asked for.`);
    });
  return {
    runtime: { ...runtime, run: async (inputs, signal) => own(await runtime.run(inputs, signal)) },
    batcher: {
      submit: async (items, options) => own(await batcher.submit(items, options)),
      get waitingItems() {
        return batcher.waitingItems;
      },
      get runningBatches() {
        return batcher.runningBatches;
      },
      close: () => batcher.close(),
    },
    costBound: (item) => model.costBound(item),
  };
}
