import next from 'next';
import { clientAddress } from '#server/domain/rate-limits/client-address.ts';
import { createPool } from '#server/platform/database/pool.ts';
import { drainOnSignals } from '#server/platform/drain-on-signals.ts';
import { readWebEnvironment } from '#server/platform/environment/web.ts';
import { createLogger } from '#server/platform/logger.ts';
import { createWebServer } from '#server/platform/web-server.ts';

const drainMs = 15_000;

const environment = readWebEnvironment();
const logger = createLogger({ name: 'web', level: environment.logLevel });
const pool = createPool(environment.databaseUrl, {
  max: 1,
  applicationName: 'web-ready',
  connectTimeoutMs: 2_000,
});
// next-auth reads it when it is loaded, and takes nothing else for an answer.
process.env.NEXTAUTH_URL = environment.webUrl;

const application = next({
  dev: false,
  dir: process.cwd(),
  hostname: environment.host,
  port: environment.port,
});
await application.prepare();

const server = createWebServer({
  handle: application.getRequestHandler(),
  webUrl: environment.webUrl,
  addressOf: (caller) => clientAddress({ ...caller, trustedHops: environment.trustedProxyHops }),
  isReady: () =>
    pool.query('SELECT 1').then(
      () => true,
      () => false,
    ),
  logger,
});
const port = await server.listen(environment.port, environment.host);
logger.info({ port }, 'listening');

drainOnSignals({
  drain: () => server.drain(drainMs),
  close: async () => void (await Promise.all([pool.end(), application.close()])),
  logger,
});
