import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#server/domain/logger.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import { servedModelFolders } from '#server/platform/model-cards/served-model-folders.ts';
import type { TextClassifier, TextInput } from '#workers/model-runtime/model-runtime.ts';
import { computeThreadEntry } from './compute-thread-entry.ts';

export interface LoadedModel {
  readonly runtime: TextClassifier;
  readonly costBound: (input: TextInput) => number;
  readonly createdAt: Date;
}

const id = 'sentiment-1';

/** The engines are imported only where they run: loading one takes longer than starting the rest of the process. */
export async function loadSentiment(environment: InferenceEnvironment, logger: Logger): Promise<LoadedModel> {
  if (environment.runtime === 'fake') return loadFake(environment);
  const folder = path.resolve(environment.modelsDir, servedModelFolders.sentiment);
  if (environment.sentimentUpstream) {
    return loadUpstream(folder, environment.sentimentUpstream, logger);
  }
  const [{ loadTextClassifier }, { tokenUpperBound }, { mtime }] = await Promise.all([
    import('#workers/model-runtime/onnx/load-text-classifier.ts'),
    import('#workers/model-runtime/token-bound.ts'),
    stat(folder),
  ]);
  const runtime = await loadTextClassifier({
    folder,
    id,
    threads: environment.computeThreads,
    threadEntry: computeThreadEntry(),
    logger,
  });
  const { contextTokens } = runtime.limits;
  const costBound = (input: TextInput) =>
    runtime.costBound?.(input) ?? tokenUpperBound(input.text, contextTokens);
  return { runtime, costBound, createdAt: mtime };
}

/** Nothing of ONNX Runtime is loaded: an engine elsewhere runs the graph. */
async function loadUpstream(
  folder: string,
  upstream: NonNullable<InferenceEnvironment['sentimentUpstream']>,
  logger: Logger,
): Promise<LoadedModel> {
  const { loadOpenInferenceClassifier } = await import(
    '#workers/model-runtime/open-inference/load-open-inference-classifier.ts'
  );
  const threadEntry = computeThreadEntry();
  const runtime = await loadOpenInferenceClassifier({ ...upstream, folder, id, threadEntry, logger });
  return { runtime, costBound: (input) => runtime.costBound?.(input) ?? 1, createdAt: new Date() };
}

async function loadFake(environment: InferenceEnvironment): Promise<LoadedModel> {
  if (environment.isProduction)
    throw new Error('INFERENCE_RUNTIME=fake is refused with NODE_ENV=production.');
  const { fakeTextClassifier } = await import('#workers/model-runtime/fake/fake-text-classifier.ts');
  const runtime = fakeTextClassifier({
    id,
    keepsInputs: false,
    latencyMs: environment.fakeRuntimeLatencyMs,
    batchItemsMax: environment.fakeRuntimeBatchItems,
  });
  return { runtime, costBound: (input) => runtime.costBound?.(input) ?? 1, createdAt: new Date() };
}
