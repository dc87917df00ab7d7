import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#server/domain/logger.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import { servedModelFolders } from '#server/platform/model-cards/served-model-folders.ts';
import type { ImageModel } from '#workers/model-runtime/model-runtime.ts';
import { computeThreadEntry } from './compute-thread-entry.ts';

export interface LoadedImages {
  readonly runtime: ImageModel;
  /** How long its vectors are. */
  readonly dimensions: number;
  readonly createdAt: Date;
}

const id = 'image-1';

/** The engines are imported only where they run, as for sentiment. */
export async function loadImages(environment: InferenceEnvironment, logger: Logger): Promise<LoadedImages> {
  if (environment.runtime === 'fake') return loadFake(environment);
  const folder = path.resolve(environment.modelsDir, servedModelFolders.images);
  const [{ loadImageClassifier }, { mtime }] = await Promise.all([
    import('#workers/model-runtime/onnx/load-image-classifier.ts'),
    stat(folder),
  ]);
  const runtime = await loadImageClassifier({
    folder,
    id,
    threads: environment.computeThreads,
    threadEntry: computeThreadEntry(),
    logger,
  });
  return { runtime, dimensions: dimensionsOf(runtime), createdAt: mtime };
}

async function loadFake(environment: InferenceEnvironment): Promise<LoadedImages> {
  if (environment.isProduction)
    throw new Error('INFERENCE_RUNTIME=fake is refused with NODE_ENV=production.');
  const { fakeImageClassifier } = await import('#workers/model-runtime/fake/fake-image-classifier.ts');
  const runtime = fakeImageClassifier({
    id,
    keepsInputs: false,
    latencyMs: environment.fakeRuntimeLatencyMs,
  });
  return { runtime, dimensions: dimensionsOf(runtime), createdAt: new Date() };
}

function dimensionsOf({ model, dimensions }: ImageModel): number {
  if (dimensions === null) throw new Error(`${model.id} gives no features, and embeddings are made of them.`);
  return dimensions;
}
