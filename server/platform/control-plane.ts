import type { PrismaClient } from '#prisma/generated/client.ts';
import type { Clock } from '#server/domain/clock.ts';
import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import type { Logger } from '#server/domain/logger.ts';
import { rateLimits, safetyLimits } from '#server/domain/rate-limits/limits.ts';
import { createFolderBlobStore } from './blob-store/folder-blob-store.ts';
import { createSealedBlobStore } from './blob-store/sealed-blob-store.ts';
import { systemClock } from './clock.ts';
import { createPrisma } from './database/prisma.ts';
import { deriveSecret } from './derived-secrets.ts';
import { readWebEnvironment } from './environment/web.ts';
import { deliveryQueue } from './job-queue/delivery-queue.ts';
import { readQueueCounts } from './job-queue/queue-counts.ts';
import { createLogger } from './logger.ts';
import { createMailQueue } from './mail/mail-queue.ts';
import { createFolderModelCards } from './model-cards/folder-model-cards.ts';
import { webhookTargets } from './outbound-fetch/webhook-targets.ts';
import { createPostgresRateLimiter } from './rate-limiter/postgres-rate-limiter.ts';
import { createSubjectHash } from './rate-limiter/subject-hash.ts';
import { readPolicyFile } from './safety/read-policy-file.ts';
import { createSeal } from './seal.ts';

export interface ControlPlaneSettings {
  readonly db: PrismaClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secret: string;
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly blobsDir: string;
  readonly modelsDir: string;
  readonly safetyPolicyFile?: string | undefined;
  readonly outboxIsPublic: boolean;
  readonly webhooksToPrivateAddresses: boolean;
}

/** The web process's composition root. */
export function createControlPlaneServices(settings: ControlPlaneSettings): ControlPlaneServices {
  const { db, clock, logger, secret, webUrl, apiUrl, modelsDir, safetyPolicyFile, outboxIsPublic } = settings;
  const hashSubject = createSubjectHash(deriveSecret(secret, 'subject-hash'));
  const mailSeal = createSeal(deriveSecret(secret, 'mail-seal'));
  return {
    db,
    clock,
    logger,
    rateLimiter: createPostgresRateLimiter({ db, hashSubject, limits: rateLimits }),
    hashSubject,
    mailQueue: createMailQueue({ mailSeal }),
    mailSeal,
    blobs: createSealedBlobStore(createFolderBlobStore(settings.blobsDir), deriveSecret(secret, 'blob-seal')),
    modelCards: createFolderModelCards(modelsDir),
    readPolicyFile: () => readPolicyFile(safetyPolicyFile, safetyLimits.fileBytesMax),
    webhookSeal: createSeal(deriveSecret(secret, 'webhook-seal')),
    webhookTargets: webhookTargets({ privateAddresses: settings.webhooksToPrivateAddresses }),
    deliveryQueue,
    readQueueCounts: () => readQueueCounts(db),
    webUrl,
    apiUrl,
    outboxShown: outboxIsPublic,
    sessionSecret: deriveSecret(secret, 'session-cookie').toString('base64url'),
  };
}

const holder = globalThis as typeof globalThis & { modelyardControlPlane?: ControlPlaneServices };

/** Made when first asked for. Kept on the global object, because Next loads this module once for each bundle. */
export function controlPlaneServices(): ControlPlaneServices {
  holder.modelyardControlPlane ??= fromEnvironment();
  return holder.modelyardControlPlane;
}

function fromEnvironment(): ControlPlaneServices {
  const environment = readWebEnvironment();
  return createControlPlaneServices({
    ...environment,
    db: createPrisma(environment.databaseUrl, { max: 10, applicationName: 'web' }),
    clock: systemClock,
    logger: createLogger({ name: 'web', level: environment.logLevel }),
  });
}
