import { setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import path from 'node:path';
import { serve } from '@hono/node-server';
import { isOriginOfSomeKey } from '#server/domain/api-keys/find-origin.ts';
import { idempotencyLimits, rateLimits, requestLimits } from '#server/domain/rate-limits/limits.ts';
import { readReceipt } from '#server/domain/usage/read-receipt.ts';
import { createAccessLog } from '#server/platform/access-log.ts';
import { createBatchQueue } from '#server/platform/batches/batch-queue.ts';
import { createFolderBlobStore } from '#server/platform/blob-store/folder-blob-store.ts';
import { createSealedBlobStore } from '#server/platform/blob-store/sealed-blob-store.ts';
import { systemClock } from '#server/platform/clock.ts';
import { deriveSecret } from '#server/platform/derived-secrets.ts';
import { readInferenceEnvironment } from '#server/platform/environment/inference.ts';
import { createPostgresIdempotency } from '#server/platform/idempotency/postgres-idempotency.ts';
import { createLogger } from '#server/platform/logger.ts';
import { createMetering } from '#server/platform/metering/create-metering.ts';
import { createOutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import { isExplanationOutput, isImageClassification } from '#workers/model-runtime/model-runtime.ts';
import { startBatchRunner } from './batches/batch-runner.ts';
import { createLinePlaces } from './batches/line-places.ts';
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
import { serveModels } from './models/serve-models.ts';
import { servedAs } from './models/served-as.ts';
import { openDatabases } from './open-databases.ts';
import { closeServer, drain, untilNone } from './running/drain.ts';
import { createMetrics } from './running/metrics.ts';
import { createReadiness } from './running/readiness.ts';
import { createAddressBuckets } from './wire/address-buckets.ts';
import { createKnownOrigins } from './wire/known-origins.ts';

/** Clients keep connections for about a minute; a server that closes them first breaks those that do not retry. */
const keepAliveMs = 75_000;
const connectionTimeoutMs = keepAliveMs + 5_000;

const environment = readInferenceEnvironment();
const logger = createLogger({ name: 'inference', level: environment.logLevel });
const accessLog = createAccessLog({ name: 'inference', level: environment.logLevel });
const databases = openDatabases(environment, logger);
const metrics = createMetrics();
const metering = createMetering({
  pool: databases.metering,
  holdMs: environment.holdMs,
  onCall: metrics.countCall,
});
metrics.watchDepth('admit', () => metering.depth.admit);
metrics.watchDepth('settle', () => metering.depth.settle);
metrics.watchDepth('assumed', () => metering.depth.assumed);

const blobs = createSealedBlobStore(
  createFolderBlobStore(environment.blobsDir),
  deriveSecret(environment.secret, 'blob-seal'),
);
const linePlaces = createLinePlaces();

const models = await serveModels(environment, { logger, metrics }).catch(refuseToStart);
const { sentiment, images, embeddings, generators } = models;
const fetchOutside = createOutboundFetch();
const readiness = createReadiness({ pool: databases.metering, modelsReady: models.ready });

// Imported only where there is somewhere to send traces to.
const tracing = environment.traces
  ? (await import('./tracing/create-tracing.ts')).createTracing(environment.traces)
  : undefined;

const ending = new AbortController();
// Each text that is being written listens.
setMaxListeners(0, ending.signal);

const { classes, hasMaps } = images;
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
      models: models.listed,
      webUrl: environment.webUrl,
    }),
    usageEndpoint({ db: databases.usage, clock: systemClock }),
    usageReceiptEndpoint({ db: databases.usage }),
    feedbackEndpoint({ db: databases.records, clock: systemClock }),
    ...fileEndpoints({ db: databases.records, clock: systemClock, blobs }),
    ...batchesEndpoints({
      db: databases.records,
      clock: systemClock,
      serves: (path) => servedPaths.has(path),
    }),
    ...(generators ? [infoEndpoint(generators[0])] : []),
  ],
  metering,
  idempotency: createPostgresIdempotency({ pool: databases.idempotency, logger, ...idempotencyLimits }),
  readReceipt: (of) => readReceipt({ db: databases.usage }, of),
  malformedKeys: createAddressBuckets({ limit: rateLimits.malformedKeysByAddress, clock: systemClock }),
  knownOrigins: createKnownOrigins({
    find: (origin) => isOriginOfSomeKey({ db: databases.records, clock: systemClock }, origin),
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
  queue: createBatchQueue({ pool: databases.batches, leaseMs: batchLeaseMs }),
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
    const versions = models.listed.map(({ model }) => model.version);
    logger.info({ port: address.port, models: versions }, 'listening');
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

models.ready.catch(refuseToStart);

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
      ...models.batchersToClose,
      { name: 'settlements', close: () => metering.drain() },
      ...models.runtimesToClose,
      ...(tracing ? [{ name: 'traces', close: () => tracing.close() }] : []),
      ...databases.toClose,
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
