import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#server/domain/logger.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import { servedModelFolders } from '#server/platform/model-cards/served-model-folders.ts';
import type { TextEmbedder } from '#workers/model-runtime/model-runtime.ts';
import { computeThreadEntry } from './compute-thread-entry.ts';

export interface LoadedTextEmbedding {
  readonly runtime: TextEmbedder;
  readonly createdAt: Date;
}

const id = 'text-embedding-1';

/** The engines are imported only where they run, as for sentiment. */
export async function loadTextEmbedding(
  environment: InferenceEnvironment,
  logger: Logger,
): Promise<LoadedTextEmbedding> {
  if (environment.runtime === 'fake') return loadFake(environment);
  const folder = path.resolve(environment.modelsDir, servedModelFolders.embeddings);
  const [{ loadTextEmbedder }, { mtime }] = await Promise.all([
    import('#workers/model-runtime/onnx/load-text-embedder.ts'),
    stat(folder),
  ]);
  const runtime = await loadTextEmbedder({
    folder,
    id,
    threads: environment.computeThreads,
    threadEntry: computeThreadEntry(),
    logger,
  });
  return { runtime, createdAt: mtime };
}

async function loadFake(environment: InferenceEnvironment): Promise<LoadedTextEmbedding> {
  if (environment.isProduction)
    throw new Error('INFERENCE_RUNTIME=fake is refused with NODE_ENV=production.');
  const { fakeTextEmbedder } = await import('#workers/model-runtime/fake/fake-text-embedder.ts');
  const runtime = fakeTextEmbedder({ id, keepsInputs: false, latencyMs: environment.fakeRuntimeLatencyMs });
  return { runtime, createdAt: new Date() };
}
