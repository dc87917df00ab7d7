import type { Logger } from '#server/domain/logger.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import type { ImageClassifier } from '#workers/model-runtime/model-runtime.ts';

export interface LoadedImages {
  readonly runtime: ImageClassifier;
  readonly createdAt: Date;
}

const id = 'image-1';

/** Null: there is no such model here, and the gateway answers without its path. */
export async function loadImages(
  environment: InferenceEnvironment,
  logger: Logger,
): Promise<LoadedImages | null> {
  if (environment.runtime === 'fake') return loadFake(environment);
  logger.warn({ model: id }, 'No image model is there: /v1/images/classify is not served.');
  return null;
}

async function loadFake(environment: InferenceEnvironment): Promise<LoadedImages> {
  if (environment.isProduction)
    throw new Error('INFERENCE_RUNTIME=fake is refused with NODE_ENV=production.');
  const { fakeImageClassifier } = await import('#workers/model-runtime/fake/fake-image-classifier.ts');
  const runtime = fakeImageClassifier({ id, latencyMs: environment.fakeRuntimeLatencyMs });
  return { runtime, createdAt: new Date() };
}
