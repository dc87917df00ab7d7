import type { Server } from 'node:http';
import path from 'node:path';
import { serve } from '@hono/node-server';
import { pipelineLimits, rateLimits, requestLimits } from '#server/domain/rate-limits/limits.ts';
import { createAccessLog } from '#server/platform/access-log.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createPool } from '#server/platform/database/pool.ts';
import { readInferenceEnvironment } from '#server/platform/environment/inference.ts';
import { createLogger } from '#server/platform/logger.ts';
import { createMetering, meteringConnections } from '#server/platform/metering/create-metering.ts';
import { createAddressBuckets } from './address-buckets.ts';
import { closeServer, drain } from './drain.ts';
import { explanationsEndpoint } from './endpoints/explanations.ts';
import { modelsEndpoint } from './endpoints/models.ts';
import { sentimentEndpoint } from './endpoints/sentiment.ts';
import { createGateway } from './gateway.ts';
import { loadSentiment } from './load-sentiment.ts';
import { createMetrics } from './metrics.ts';
import { createReadiness } from './readiness.ts';
import { serveModel } from './serve-model.ts';

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
const metrics = createMetrics();
const metering = createMetering({ pool, holdMs: environment.holdMs, onCall: metrics.countCall });
metrics.watchDepth('admit', () => metering.depth.admit);
metrics.watchDepth('settle', () => metering.depth.settle);

const { runtime, costBound, createdAt } = await loadSentiment(environment, logger);
const sentiment = serveModel(runtime, costBound, metrics);
const readiness = createReadiness({ pool, modelReady: runtime.ready() });

const gateway = createGateway({
  metered: [sentimentEndpoint(sentiment), explanationsEndpoint(sentiment)],
  free: [modelsEndpoint([{ model: runtime.model, createdAt }])],
  metering,
  malformedKeys: createAddressBuckets({ limit: rateLimits.malformedKeysByAddress, clock: systemClock }),
  metrics,
  observeStage: metrics.observeStage,
  logger,
  accessLog: accessLog.write,
  webUrl: environment.webUrl,
  apiUrl: environment.apiUrl,
  holdMs: environment.holdMs,
  trustedHops: environment.trustedProxyHops,
  isReady: readiness.isReady,
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
  (address) => logger.info({ port: address.port, model: runtime.model.version }, 'listening'),
) as Server;

server.once('error', (error) => {
  logger.error(
    { err: error, host: environment.host, port: environment.port },
    'The address can not be listened on.',
  );
  process.exit(1);
});

runtime.ready().catch((error: unknown) => {
  logger.error({ err: error, modelsDir: path.resolve(environment.modelsDir) }, 'The model did not load.');
  process.exit(1);
});

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);

async function stop(signal: NodeJS.Signals) {
  if (stopping) return;
  stopping = true;
  logger.info({ signal }, 'draining');
  readiness.startDraining();
  await drain(
    [
      closeServer(server),
      { name: 'batcher', close: () => sentiment.batcher.close() },
      { name: 'settlements', close: () => metering.drain() },
      { name: 'model', close: () => runtime.close() },
      { name: 'database', close: () => pool.end() },
    ],
    { logger, timeoutMs: pipelineLimits.requestTimeoutMs + 10_000 },
  );
  accessLog.flush();
  process.exit(0);
}
