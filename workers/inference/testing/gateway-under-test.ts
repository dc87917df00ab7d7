import { tmpdir } from 'node:os';
import path from 'node:path';
import { isOriginOfSomeKey } from '#server/domain/api-keys/find-origin.ts';
import type { Logger } from '#server/domain/logger.ts';
import { idempotencyLimits, pipelineLimits, rateLimits } from '#server/domain/rate-limits/limits.ts';
import { parseSafetyPolicy } from '#server/domain/safety/safety-policy.ts';
import { readReceipt } from '#server/domain/usage/read-receipt.ts';
import { createFolderBlobStore } from '#server/platform/blob-store/folder-blob-store.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createPostgresIdempotency } from '#server/platform/idempotency/postgres-idempotency.ts';
import { createMetering } from '#server/platform/metering/create-metering.ts';
import type { OutboundFetchOptions } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import { createOutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import type { TestDatabase } from '#server/testing/database.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import {
  type FakeImageClassifierOptions,
  fakeImageClassifier,
} from '#workers/model-runtime/fake/fake-image-classifier.ts';
import {
  type FakeTextClassifierOptions,
  fakeTextClassifier,
} from '#workers/model-runtime/fake/fake-text-classifier.ts';
import {
  type FakeTextEmbedderOptions,
  fakeTextEmbedder,
} from '#workers/model-runtime/fake/fake-text-embedder.ts';
import {
  type FakeTextGeneratorOptions,
  fakeTextGenerator,
} from '#workers/model-runtime/fake/fake-text-generator.ts';
import {
  type ImageModel,
  isEmbedding,
  isExplanationOutput,
  isImageClassification,
  type TextClassifier,
  type TextEmbedder,
} from '#workers/model-runtime/model-runtime.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { batchesEndpoints } from '../endpoints/batches.ts';
import { embeddingsEndpoint } from '../endpoints/embeddings.ts';
import { explanationsEndpoint } from '../endpoints/explanations.ts';
import { feedbackEndpoint } from '../endpoints/feedback.ts';
import { fileEndpoints } from '../endpoints/files.ts';
import { generationEndpoints } from '../endpoints/generation-endpoints.ts';
import {
  huggingFaceGenerating,
  huggingFaceMetered,
} from '../endpoints/hugging-face/hugging-face-endpoints.ts';
import { infoEndpoint } from '../endpoints/hugging-face/info.ts';
import { modelEndpoints } from '../endpoints/models.ts';
import { usageEndpoint } from '../endpoints/usage.ts';
import { usageReceiptEndpoint } from '../endpoints/usage-receipt.ts';
import { explainingImagesEndpoint, explainingSentimentEndpoint } from '../endpoints/with-explanations.ts';
import { createGateway, type GatewayOptions } from '../gateway.ts';
import { serveModel } from '../models/serve-model.ts';
import { servedAs } from '../models/served-as.ts';
import { createMetrics } from '../running/metrics.ts';
import { classifierCheck } from '../safety/classifier-check.ts';
import { guardedGenerator } from '../safety/guarded-generator.ts';
import { createAddressBuckets } from '../wire/address-buckets.ts';
import { createKnownOrigins } from '../wire/known-origins.ts';
import { checkedAnswers } from './checked-answers.ts';

export const webUrl = 'http://console.example.com';

export interface GatewayUnderTestOptions extends Partial<GatewayOptions> {
  readonly model?: FakeTextClassifierOptions;
  readonly imageModel?: FakeImageClassifierOptions;
  readonly embedder?: FakeTextEmbedderOptions;
  readonly generator?: FakeTextGeneratorOptions;
  /** Other models that write, beside it. */
  readonly adapters?: readonly FakeTextGeneratorOptions[];
  /** As in the operator's file. */
  readonly safetyPolicy?: object;
  /** Instead of the fake ones. */
  readonly classifierRuntime?: TextClassifier;
  readonly imageRuntime?: ImageModel;
  readonly textEmbedder?: TextEmbedder;
  readonly generatorRuntime?: TextGenerator;
  /** Left out: the guard as in production. */
  readonly outbound?: OutboundFetchOptions;
  /** Left out: a folder that all such gateways share. */
  readonly blobsDir?: string;
}

/** The real gateway on a real database, with a model of which the test knows every answer. */
export function gatewayUnderTest(
  database: Pick<TestDatabase, 'pool' | 'prisma'>,
  options: GatewayUnderTestOptions = {},
) {
  const {
    model,
    imageModel,
    embedder,
    generator: generatorOptions,
    adapters,
    safetyPolicy,
    outbound,
    blobsDir: _blobsDir,
    ...overrides
  } = options;
  const logged: { level: string; fields: object; message: string }[] = [];
  const runtime = fakeTextClassifier(model);
  const imageRuntime = options.imageRuntime ?? fakeImageClassifier(imageModel);
  const textEmbedder = options.textEmbedder ?? fakeTextEmbedder(embedder);
  const generator = fakeTextGenerator(generatorOptions);
  const classifierRuntime = options.classifierRuntime ?? runtime;
  const generatorRuntime = options.generatorRuntime ?? generator;
  const generators = [generatorRuntime, ...(adapters ?? []).map(fakeTextGenerator)] as const;
  const metrics = createMetrics();
  const holdMs = options.holdMs ?? pipelineLimits.holdMs;
  const metering = createMetering({ pool: database.pool, holdMs });
  const served = serveModel(classifierRuntime, (input) => classifierRuntime.costBound?.(input) ?? 1, metrics);
  const servedImages = serveModel(imageRuntime, () => 1, metrics);
  const servedTexts = serveModel(textEmbedder, (input) => textEmbedder.costBound(input), metrics);
  const embeddings = {
    texts: { ...servedTexts, dimensions: textEmbedder.dimensions },
    pictures: { ...servedAs(servedImages, isEmbedding), dimensions: imageRuntime.dimensions ?? 0 },
  };
  const policy = parseSafetyPolicy(safetyPolicy);
  const guard = (one: TextGenerator) =>
    guardedGenerator(one, {
      policy,
      checkFor: policy.answerCheck && classifierCheck(served, policy.answerCheck),
    });
  const guarded = [guard(generatorRuntime), ...generators.slice(1).map(guard)] as const;
  const fetchOutside = createOutboundFetch(outbound);
  const idempotency = createPostgresIdempotency({
    pool: database.pool,
    logger: recordingLogger(logged),
    ...idempotencyLimits,
  });
  const blobs = createFolderBlobStore(options.blobsDir ?? path.join(tmpdir(), 'modelyard-test-blobs'));
  const createdAt = new Date('2026-11-01T00:00:00Z');
  const { classes, hasMaps } = imageRuntime;
  const gateway = createGateway({
    metered: [
      explainingSentimentEndpoint(served),
      explanationsEndpoint({
        texts: served,
        pictures: { ...servedAs(servedImages, isExplanationOutput), classes, hasMaps },
        fetchOutside,
      }),
      explainingImagesEndpoint({ model: servedImages, classes, hasMaps, fetchOutside }),
      embeddingsEndpoint({ ...embeddings, fetchOutside }),
      ...huggingFaceMetered({
        sentiment: served,
        images: servedAs(servedImages, isImageClassification),
        embeddings,
        fetchOutside,
      }),
    ],
    generating: [...generationEndpoints(guarded), ...huggingFaceGenerating(guarded)],
    free: [
      ...modelEndpoints({
        models: [
          { model: classifierRuntime.model, createdAt, cardPath: '/models/sentiment' },
          { model: imageRuntime.model, createdAt },
          { model: textEmbedder.model, createdAt },
          ...generators.map(({ model: identity }) => ({ model: identity, createdAt })),
        ],
        webUrl,
      }),
      usageEndpoint({ db: database.prisma, clock: systemClock }),
      usageReceiptEndpoint({ db: database.prisma }),
      feedbackEndpoint({ db: database.prisma, clock: systemClock }),
      ...fileEndpoints({ db: database.prisma, clock: systemClock, blobs }),
      ...batchesEndpoints({ db: database.prisma, clock: systemClock }),
      infoEndpoint(guarded[0]),
    ],
    metering,
    idempotency,
    readReceipt: (of) => readReceipt({ db: database.prisma }, of),
    malformedKeys: createAddressBuckets({
      limit: rateLimits.malformedKeysByAddress,
      clock: createFakeClock(),
    }),
    knownOrigins: createKnownOrigins({
      find: (origin) => isOriginOfSomeKey({ db: database.prisma, clock: systemClock }, origin),
      lookUps: createAddressBuckets({ limit: rateLimits.originLookUpsByAddress, clock: systemClock }),
      clock: systemClock,
      logger: recordingLogger(logged),
    }),
    metrics,
    observeStage: metrics.observeStage,
    logger: recordingLogger(logged),
    accessLog: (fields) => logged.push({ level: 'info', fields, message: 'answered' }),
    webUrl,
    apiUrl: 'http://api.example.com',
    holdMs,
    trustedHops: 0,
    isReady: async () => true,
    ...overrides,
  });
  return {
    gateway: checkedAnswers(gateway),
    runtime,
    imageRuntime,
    textEmbedder,
    generator,
    metering,
    served,
    servedImages,
    metrics,
    logged,
    blobs,
  };
}

export type GatewayUnderTest = ReturnType<typeof gatewayUnderTest>;

function recordingLogger(logged: { level: string; fields: object; message: string }[]): Logger {
  const at = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields, message });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export interface CallOptions {
  readonly key?: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly rawBody?: BodyInit;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** Null: as the body's own type has it. */
  readonly contentType?: string | null;
  readonly remoteAddress?: string;
  readonly signal?: AbortSignal;
}

export async function call({ gateway }: Pick<GatewayUnderTest, 'gateway'>, options: CallOptions = {}) {
  const { method = 'POST', path = '/v1/sentiment', key, body, rawBody, headers, signal } = options;
  const { contentType = 'application/json' } = options;
  const request = new Request(`http://api.example.com${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(method === 'POST' && contentType !== null ? { 'content-type': contentType } : {}),
      ...headers,
    },
    body:
      method === 'POST'
        ? (rawBody ?? JSON.stringify('body' in options ? body : { input: 'good' }))
        : undefined,
    signal: signal ?? null,
    ...(rawBody instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit);
  const socket = { remoteAddress: options.remoteAddress ?? '192.0.2.1' };
  const response = await gateway.fetch(request, { incoming: { socket } });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? null : parsed(text),
  };
}

// oxlint-disable-next-line typescript/no-explicit-any -- an answer of any shape, which the tests look into.
function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
