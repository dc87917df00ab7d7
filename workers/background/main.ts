import { describeFailure } from '#server/domain/describe-failure.ts';
import type { MailSender } from '#server/domain/mail/mail.ts';
import { backgroundLimits, webhookLimits } from '#server/domain/rate-limits/limits.ts';
import { createFolderBlobStore } from '#server/platform/blob-store/folder-blob-store.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createPool } from '#server/platform/database/pool.ts';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { deriveSecret } from '#server/platform/derived-secrets.ts';
import { readBackgroundEnvironment } from '#server/platform/environment/background.ts';
import { deliveryQueue } from '#server/platform/job-queue/delivery-queue.ts';
import { createLogger } from '#server/platform/logger.ts';
import { createMailQueue } from '#server/platform/mail/mail-queue.ts';
import { createOutboxSender } from '#server/platform/mail/outbox-sender.ts';
import { createSmtpSender } from '#server/platform/mail/smtp-sender.ts';
import { developmentNetwork } from '#server/platform/outbound-fetch/development-network.ts';
import { createOutboundPost } from '#server/platform/outbound-fetch/outbound-post.ts';
import { createSeal } from '#server/platform/seal.ts';
import { startHealthServer } from './health-server.ts';
import { runBackgroundOnce } from './run-background-once.ts';
import { startBackground } from './start-background.ts';

const environment = readBackgroundEnvironment();
const logger = createLogger({ name: 'background', level: environment.logLevel });
const pool = createPool(environment.databaseUrl, {
  max: backgroundLimits.concurrentJobsMax + webhookLimits.concurrentMax + 4,
  applicationName: 'background',
  logger,
});
const prisma = createPrisma(environment.databaseUrl, { max: 6, applicationName: 'background-prisma' });
const mailSeal = createSeal(deriveSecret(environment.secret, 'mail-seal'));
const sender: MailSender = environment.smtpUrl
  ? createSmtpSender({ smtpUrl: environment.smtpUrl, from: environment.mailFrom })
  : createOutboxSender({ db: prisma, mailSeal });
const mailQueue = createMailQueue({ mailSeal });
const { webUrl } = environment;
const clock = systemClock;
const webhooks = {
  db: prisma,
  clock,
  webhookSeal: createSeal(deriveSecret(environment.secret, 'webhook-seal')),
  deliveryQueue,
  mailQueue,
  webUrl,
  random: Math.random,
  post: createOutboundPost(environment.webhooksToPrivateAddresses ? developmentNetwork : {}),
};
// Not sealed: it opens none, it only removes them.
const blobs = createFolderBlobStore(environment.blobsDir);
const dependencies = {
  pool,
  db: prisma,
  clock,
  logger,
  sender,
  mailSeal,
  mailQueue,
  webUrl,
  webhooks,
  blobs,
};

if (process.argv.includes('--once')) {
  await runBackgroundOnce(dependencies);
  await Promise.all([pool.end(), prisma.$disconnect()]);
  process.exit(0);
}

let started = false;
let draining = false;
const health = await startHealthServer({
  host: environment.host,
  port: environment.port,
  isReady: async () => started && !draining && (await pool.query('SELECT 1')).rowCount === 1,
});
const background = await startBackground(dependencies);
started = true;
logger.info({ port: environment.port }, 'The background process runs.');

// The supervisor starts it anew: better than a process that answers /healthz and works nothing off.
background.ended.then(
  () => draining || process.exit(1),
  (error: unknown) => {
    logger.error(describeFailure(error), 'The queue ended.');
    process.exit(1);
  },
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void drain());

async function drain(): Promise<void> {
  draining = true;
  setTimeout(() => process.exit(1), backgroundLimits.drainMs).unref();
  await background.stop();
  health.close();
  await Promise.all([pool.end(), prisma.$disconnect()]);
  process.exit(0);
}
