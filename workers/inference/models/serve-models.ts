import type { Logger } from '#server/domain/logger.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import { isEmbedding } from '#workers/model-runtime/model-runtime.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import type { ListedModel } from '../endpoints/models.ts';
import type { TextGenerators } from '../generation/named-generator.ts';
import type { GatewayMetrics } from '../running/metrics.ts';
import { classifierCheck } from '../safety/classifier-check.ts';
import { guardedGenerator } from '../safety/guarded-generator.ts';
import { loadImages } from './load-images.ts';
import { loadChecker, loadSafetyPolicy } from './load-safety.ts';
import { loadSentiment } from './load-sentiment.ts';
import { type LoadedText, loadText } from './load-text.ts';
import { loadTextEmbedding } from './load-text-embedding.ts';
import { serveModel } from './serve-model.ts';
import { servedAs } from './served-as.ts';

/** All models of this process, each with the batcher in front of it, as the environment says. */
export async function serveModels(
  environment: InferenceEnvironment,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: GatewayMetrics },
) {
  const policy = await loadSafetyPolicy(environment);
  // All at once kept one another waiting, and the address was listened on once the slowest, that writes texts, was up.
  const [texts, written] = await Promise.all([
    loadSentiment(environment, logger),
    loadText(environment, logger),
  ]);
  const [pictures, vectors, checker] = await Promise.all([
    loadImages(environment, logger),
    loadTextEmbedding(environment, logger),
    loadChecker(policy, environment, logger),
  ]);
  const sentiment = serveModel(texts.runtime, texts.costBound, metrics);
  const images = serveModel(pictures.runtime, () => 1, metrics);
  const textVectors = serveModel(vectors.runtime, (input) => vectors.runtime.costBound(input), metrics);
  const checking = checker ? serveModel(checker.runtime, checker.costBound, metrics) : sentiment;
  const { answerCheck } = policy;
  const guarded = (runtime: TextGenerator) =>
    guardedGenerator(runtime, {
      policy,
      checkFor: answerCheck && classifierCheck(checking, answerCheck),
    });
  const generators: TextGenerators | null = written && [
    guarded(written.runtime),
    ...(written.adapters ?? []).map(guarded),
  ];
  const loaded = [
    { ...texts, cardPath: '/models/sentiment' },
    { ...pictures, cardPath: '/models/images' },
    { ...vectors, cardPath: '/models/embeddings' },
    ...(written ? writersOf(written, environment) : []),
  ];
  const runtimes = [...loaded, ...(checker ? [checker] : [])].map(({ runtime }) => runtime);

  return {
    sentiment,
    images: { ...images, classes: pictures.runtime.classes, hasMaps: pictures.runtime.hasMaps },
    embeddings: {
      texts: { ...textVectors, dimensions: vectors.runtime.dimensions },
      pictures: { ...servedAs(images, isEmbedding), dimensions: pictures.dimensions },
    },
    /** Null: texts are not written here. */
    generators,
    listed: loaded.map(
      ({ runtime, createdAt, cardPath }): ListedModel => ({ model: runtime.model, createdAt, cardPath }),
    ),
    ready: Promise.all(runtimes.map((runtime) => runtime.ready())),
    batchersToClose: [...new Set([sentiment, checking]), images, textVectors].map(({ batcher, runtime }) => ({
      name: `batcher of ${runtime.model.id}`,
      close: () => batcher.close(),
    })),
    runtimesToClose: runtimes.map((runtime) => ({ name: runtime.model.id, close: () => runtime.close() })),
  };
}

/** A text model of the operator's was not measured here, nor does an adapter have a page of its own. */
function writersOf(
  { runtime, adapters = [], createdAt }: LoadedText,
  { textModel, textUpstream }: InferenceEnvironment,
) {
  const isMeasured = textModel === '' && !textUpstream;
  return [
    { runtime, createdAt, cardPath: isMeasured ? '/models/text' : undefined },
    ...adapters.map((adapter) => ({ runtime: adapter, createdAt, cardPath: undefined })),
  ];
}
