import { setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import path from 'node:path';
import { serve } from '@hono/node-server';
import { isOriginOfSomeKey } from '#server/domain/api-keys/find-origin.ts';
import {
  batchLimits,
  fileLimits,
  idempotencyLimits,
  rateLimits,
  requestLimits,
  usageLimits,
} from '#server/domain/rate-limits/limits.ts';
import { readReceipt } from '#server/domain/usage/read-receipt.ts';
import { createAccessLog } from '#server/platform/access-log.ts';
import { createBatchQueue } from '#server/platform/batches/batch-queue.ts';
import { createFolderBlobStore } from '#server/platform/blob-store/folder-blob-store.ts';
import { createSealedBlobStore } from '#server/platform/blob-store/sealed-blob-store.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createPool } from '#server/platform/database/pool.ts';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { deriveSecret } from '#server/platform/derived-secrets.ts';
import { readInferenceEnvironment } from '#server/platform/environment/inference.ts';
import { createPostgresIdempotency } from '#server/platform/idempotency/postgres-idempotency.ts';
import { createLogger } from '#server/platform/logger.ts';
import { createMetering, meteringConnections } from '#server/platform/metering/create-metering.ts';
import { createOutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import {
  isEmbedding,
  isExplanationOutput,
  isImageClassification,
} from '#workers/model-runtime/model-runtime.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { createAddressBuckets } from './address-buckets.ts';
import { startBatchRunner } from './batches/batch-runner.ts';
import { closeServer, drain, untilNone } from './drain.ts';
import { batchesEndpoints } from './endpoints/batches.ts';
import { embeddingsEndpoint } from './endpoints/embeddings.ts';
import { explanationsEndpoint } from './endpoints/explanations.ts';
import { feedbackEndpoint } from './endpoints/feedback.ts';
import { fileEndpoints } from './endpoints/files.ts';
import { generationEndpoints } from './endpoints/generation-endpoints.ts';
import {
  huggingFaceGenerating,
  huggingFaceMetered,
} from './endpoints/hugging-face/hugging-face-endpoints.ts';
import { infoEndpoint } from './endpoints/hugging-face/info.ts';
import { modelEndpoints } from './endpoints/models.ts';
import { usageEndpoint } from './endpoints/usage.ts';
import { usageReceiptEndpoint } from './endpoints/usage-receipt.ts';
import { explainingImagesEndpoint, explainingSentimentEndpoint } from './endpoints/with-explanations.ts';
import { createGateway } from './gateway.ts';
import type { TextGenerators } from './generation/named-generator.ts';
import { createKnownOrigins } from './known-origins.ts';
import { createLinePlaces } from './line-places.ts';
import { loadImages } from './load-images.ts';
import { loadChecker, loadSafetyPolicy } from './load-safety.ts';
import { loadSentiment } from './load-sentiment.ts';
import { loadText } from './load-text.ts';
import { loadTextEmbedding } from './load-text-embedding.ts';
import { createMetrics } from './metrics.ts';
import { createReadiness } from './readiness.ts';
import { classifierCheck } from './safety/classifier-check.ts';
import { guardedGenerator } from './safety/guarded-generator.ts';
import { serveModel } from './serve-model.ts';
import { servedAs } from './served-as.ts';

/** Clients keep connections for about a minute; a server that closes them first breaks those that do not retry. */
const keepAliveMs = 75_000;
const connectionTimeoutMs = keepAliveMs + 5_000;

const environment = readInferenceEnvironment();
const logger = createLogger({ name: 'inference', level: environment.logLevel });
const accessLog = createAccessLog({ name: 'inference', level: environment.logLevel });
const pool = createPool(environment.databaseUrl, {
  max: meteringConnections,
  applicationName: 'inference',
  logger,
});
// Connections of its own, so that no reading of usage keeps a request from being admitted or settled.
const usageDatabase = createPrisma(environment.databaseUrl, {
  max: usageLimits.connectionsMax,
  applicationName: 'inference-usage',
  statementTimeoutMs: usageLimits.readTimeoutMs,
});
// Others again: a year of usage takes a second, and nobody's upload has to wait for somebody's bill.
const recordsDatabase = createPrisma(environment.databaseUrl, {
  max: fileLimits.connectionsMax,
  applicationName: 'inference-records',
  statementTimeoutMs: usageLimits.readTimeoutMs,
});
// These are only opened where an Idempotency-Key is sent.
const idempotencyPool = createPool(environment.databaseUrl, {
  max: idempotencyLimits.connectionsMax,
  applicationName: 'inference-idempotency',
  logger,
});
const metrics = createMetrics();
const metering = createMetering({ pool, holdMs: environment.holdMs, onCall: metrics.countCall });
metrics.watchDepth('admit', () => metering.depth.admit);
metrics.watchDepth('settle', () => metering.depth.settle);
metrics.watchDepth('assumed', () => metering.depth.assumed);

const blobs = createSealedBlobStore(
  createFolderBlobStore(environment.blobsDir),
  deriveSecret(environment.secret, 'blob-seal'),
);
// Connections of its own: batches never keep a live call waiting for one.
const batchPool = createPool(environment.databaseUrl, {
  max: batchLimits.connectionsMax,
  applicationName: 'inference-batches',
  queryTimeoutMs: batchLimits.queryTimeoutMs,
  logger,
});

const linePlaces = createLinePlaces();

const policy = await loadSafetyPolicy(environment);
const [texts, pictures, vectors, written, checker] = await Promise.all([
  loadSentiment(environment, logger),
  loadImages(environment, logger),
  loadTextEmbedding(environment, logger),
  loadText(environment, logger),
  loadChecker(policy, environment, logger),
]).catch(refuseToStart);
const sentiment = serveModel(texts.runtime, texts.costBound, metrics);
const images = serveModel(pictures.runtime, () => 1, metrics);
const textVectors = serveModel(vectors.runtime, (input) => vectors.runtime.costBound(input), metrics);
const embeddings = {
  texts: { ...textVectors, dimensions: vectors.runtime.dimensions },
  pictures: { ...servedAs(images, isEmbedding), dimensions: pictures.dimensions },
};
const checking = checker ? serveModel(checker.runtime, checker.costBound, metrics) : sentiment;
const { answerCheck } = policy;
const guarded = (runtime: TextGenerator) =>
  guardedGenerator(runtime, {
    policy,
    checkFor: answerCheck && classifierCheck(checking, answerCheck),
  });
const writers = written && [written.runtime, ...(written.adapters ?? [])];
const generators: TextGenerators | null = written && [
  guarded(written.runtime),
  ...(written.adapters ?? []).map(guarded),
];
/** A text model of the operator's was not measured here, nor does an adapter have a page of its own. */
const isMeasured = (runtime: TextGenerator) =>
  runtime === written?.runtime && environment.textModel === '' && !environment.textUpstream;
const loaded = [
  { ...texts, cardPath: '/models/sentiment' },
  { ...pictures, cardPath: '/models/images' },
  { ...vectors, cardPath: '/models/embeddings' },
  ...(written && writers
    ? writers.map((runtime) => ({
        runtime,
        createdAt: written.createdAt,
        cardPath: isMeasured(runtime) ? '/models/text' : undefined,
      }))
    : []),
];
const runtimes = [...loaded, ...(checker ? [checker] : [])].map(({ runtime }) => runtime);
const fetchOutside = createOutboundFetch();
const modelsReady = Promise.all(runtimes.map((runtime) => runtime.ready()));
const readiness = createReadiness({ pool, modelsReady });

// Imported only where there is somewhere to send traces to.
const tracing = environment.traces
  ? (await import('./tracing/create-tracing.ts')).createTracing(environment.traces)
  : undefined;

const ending = new AbortController();
// Each text that is being written listens.
setMaxListeners(0, ending.signal);

const { classes, hasMaps } = pictures.runtime;
const metered = [
  explainingSentimentEndpoint(sentiment),
  explanationsEndpoint({
    texts: sentiment,
    pictures: { ...servedAs(images, isExplanationOutput), classes, hasMaps },
    fetchOutside,
  }),
  explainingImagesEndpoint({ model: images, classes, hasMaps, fetchOutside }),
  embeddingsEndpoint({ ...embeddings, fetchOutside }),
  ...huggingFaceMetered({
    sentiment,
    images: servedAs(images, isImageClassification),
    embeddings,
    fetchOutside,
  }),
];
const generating = generators
  ? [...generationEndpoints(generators), ...huggingFaceGenerating(generators)]
  : [];
const servedPaths: ReadonlySet<string> = new Set([...metered, ...generating].map(({ route }) => route.path));

const gateway = createGateway({
  ending: ending.signal,
  metered,
  generating,
  free: [
    ...modelEndpoints({
      models: loaded.map(({ runtime, ...listed }) => ({ ...listed, model: runtime.model })),
      webUrl: environment.webUrl,
    }),
    usageEndpoint({ db: usageDatabase, clock: systemClock }),
    usageReceiptEndpoint({ db: usageDatabase }),
    feedbackEndpoint({ db: recordsDatabase, clock: systemClock }),
    ...fileEndpoints({ db: recordsDatabase, clock: systemClock, blobs }),
    ...batchesEndpoints({
      db: recordsDatabase,
      clock: systemClock,
      serves: (path) => servedPaths.has(path),
    }),
    ...(generators ? [infoEndpoint(generators[0])] : []),
  ],
  metering,
  idempotency: createPostgresIdempotency({ pool: idempotencyPool, logger, ...idempotencyLimits }),
  readReceipt: (of) => readReceipt({ db: usageDatabase }, of),
  malformedKeys: createAddressBuckets({ limit: rateLimits.malformedKeysByAddress, clock: systemClock }),
  knownOrigins: createKnownOrigins({
    find: (origin) => isOriginOfSomeKey({ db: recordsDatabase, clock: systemClock }, origin),
    lookUps: createAddressBuckets({ limit: rateLimits.originLookUpsByAddress, clock: systemClock }),
    clock: systemClock,
    logger,
  }),
  metrics,
  observeStage: metrics.observeStage,
  logger,
  accessLog: accessLog.write,
  webUrl: environment.webUrl,
  apiUrl: environment.apiUrl,
  holdMs: environment.holdMs,
  trustedHops: environment.trustedProxyHops,
  tracing,
  linePlaces,
  isReady: readiness.isReady,
});

/** Longer than the hold of a line that was begun at the last moment. */
const batchLeaseMs = 2 * environment.holdMs;
const batches = startBatchRunner({
  queue: createBatchQueue({ pool: batchPool, leaseMs: batchLeaseMs }),
  blobs,
  runLine: gateway.runLine,
  liveCalls: () => gateway.liveCalls,
  places: linePlaces,
  logger,
  leaseMs: batchLeaseMs,
});

const server = serve(
  {
    fetch: gateway.fetch,
    hostname: environment.host,
    port: environment.port,
    serverOptions: {
      maxHeaderSize: requestLimits.headersBytesMax,
      keepAliveTimeout: keepAliveMs,
      headersTimeout: connectionTimeoutMs,
      // The body's own time limit answers in words; this one only ends what it can't reach.
      requestTimeout: connectionTimeoutMs,
    },
  },
  (address) => {
    const models = loaded.map(({ runtime }) => runtime.model.version);
    logger.info({ port: address.port, models }, 'listening');
  },
) as Server;

const closableServer = closeServer(server);

server.once('error', (error) => {
  logger.error(
    { err: error, host: environment.host, port: environment.port },
    'The address can not be listened on.',
  );
  process.exit(1);
});

modelsReady.catch(refuseToStart);

/** What the operator can mend (a file that is cut short, a hub that can't be reached) is said in a line. */
function refuseToStart(error: unknown): never {
  logger.error({ err: error, modelsDir: path.resolve(environment.modelsDir) }, 'A model did not load.');
  process.exit(1);
}

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);

async function stop(signal: NodeJS.Signals) {
  if (stopping) return;
  stopping = true;
  logger.info({ signal }, 'draining');
  readiness.startDraining();
  // At once: no line is begun any more while calls come to their end.
  const batchesClosed = batches.close();
  await drain(
    [
      closableServer,
      // A connection that was cut is closed before what was written for it is billed.
      { name: 'calls', close: () => untilNone(() => gateway.liveCalls) },
      { name: 'batches', close: () => batchesClosed },
      ...[...new Set([sentiment, checking]), images, textVectors].map(({ batcher, runtime }) => ({
        name: `batcher of ${runtime.model.id}`,
        close: () => batcher.close(),
      })),
      { name: 'settlements', close: () => metering.drain() },
      ...runtimes.map((runtime) => ({ name: runtime.model.id, close: () => runtime.close() })),
      { name: 'database', close: () => pool.end() },
      { name: 'database of batches', close: () => batchPool.end() },
      { name: 'database of idempotency keys', close: () => idempotencyPool.end() },
      ...(tracing ? [{ name: 'traces', close: () => tracing.close() }] : []),
      { name: 'database of usage', close: () => usageDatabase.$disconnect() },
      { name: 'database of files', close: () => recordsDatabase.$disconnect() },
    ],
    {
      logger,
      drainMs: environment.drainMs,
      end: () => ending.abort(),
      cut: () => server.closeAllConnections(),
    },
  );
  accessLog.flush();
  process.exit(0);
}
