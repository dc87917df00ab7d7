import { describeFailure } from '#server/domain/describe-failure.ts';
import type { MailSender } from '#server/domain/mail/mail.ts';
import { backgroundLimits } from '#server/domain/rate-limits/limits.ts';
import { createPool } from '#server/platform/database/pool.ts';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { deriveSecret } from '#server/platform/derived-secrets.ts';
import { readBackgroundEnvironment } from '#server/platform/environment/background.ts';
import { createLogger } from '#server/platform/logger.ts';
import { createMailQueue } from '#server/platform/mail/mail-queue.ts';
import { createMailSeal } from '#server/platform/mail/mail-seal.ts';
import { createOutboxSender } from '#server/platform/mail/outbox-sender.ts';
import { createSmtpSender } from '#server/platform/mail/smtp-sender.ts';
import { startHealthServer } from './health-server.ts';
import { runBackgroundOnce } from './run-background-once.ts';
import { startBackground } from './start-background.ts';

const environment = readBackgroundEnvironment();
const logger = createLogger({ name: 'background', level: environment.logLevel });
const pool = createPool(environment.databaseUrl, {
  max: backgroundLimits.concurrentJobsMax + 4,
  applicationName: 'background',
  logger,
});
const prisma = createPrisma(environment.databaseUrl, { max: 2, applicationName: 'background-prisma' });
const mailSeal = createMailSeal(deriveSecret(environment.secret, 'mail-seal'));
const sender: MailSender = environment.smtpUrl
  ? createSmtpSender({ smtpUrl: environment.smtpUrl, from: environment.mailFrom })
  : createOutboxSender({ db: prisma, mailSeal });
const dependencies = {
  pool,
  db: prisma,
  logger,
  sender,
  mailSeal,
  mailQueue: createMailQueue({ mailSeal }),
  webUrl: environment.webUrl,
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
