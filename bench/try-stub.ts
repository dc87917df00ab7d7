import { serve } from '@hono/node-server';
import { systemClock } from '#server/platform/clock.ts';
import { createAccessLog } from '#server/platform/access-log.ts';
import { createLogger } from '#server/platform/logger.ts';
import { rateLimits } from '#server/domain/rate-limits/limits.ts';
import { createAddressBuckets } from '#workers/inference/address-buckets.ts';
import { sentimentEndpoint } from '#workers/inference/endpoints/sentiment.ts';
import { createGateway } from '#workers/inference/gateway.ts';
import { createMetrics } from '#workers/inference/metrics.ts';
import { serveModel } from '#workers/inference/serve-model.ts';
import { fakeTextClassifier } from '#workers/model-runtime/fake/fake-text-classifier.ts';
const metrics = createMetrics();
const w = { limit: 1000, remaining: 999, resetMs: 3 };
const gateway = createGateway({
  metered: [sentimentEndpoint(serveModel(fakeTextClassifier(), () => 1, metrics))],
  free: [],
  metering: {
    admit: async () => ({ verdict: 'valid', workspaceId: 'w', epoch: 0, windows: { requests: w, units: w } }),
    settle: async () => 'settled',
  },
  malformedKeys: createAddressBuckets({ limit: rateLimits.malformedKeysByAddress, clock: systemClock }),
  metrics,
  observeStage: metrics.observeStage,
  accessLog: createAccessLog({ name: 'x', level: 'info' }).write,
  logger: createLogger({ name: 'x', level: 'info' }),
  webUrl: 'http://localhost:3000',
  apiUrl: 'http://x.y',
  holdMs: 60000,
  trustedHops: 0,
  isReady: async () => true,
});
serve({ fetch: gateway.fetch, port: Number(process.env.PORT) });
process.on('SIGTERM', () => process.exit(0));
