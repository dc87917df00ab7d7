import type { Logger } from '#server/domain/logger.ts';
import {
  batchLimits,
  fileLimits,
  idempotencyLimits,
  usageLimits,
} from '#server/domain/rate-limits/limits.ts';
import { createPool } from '#server/platform/database/pool.ts';
import { createPrisma } from '#server/platform/database/prisma.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import { meteringConnections } from '#server/platform/metering/create-metering.ts';

/** Connections apart for what must not wait for one another; each is opened when it is needed. */
export function openDatabases({ databaseUrl }: InferenceEnvironment, logger: Logger) {
  const metering = createPool(databaseUrl, {
    max: meteringConnections,
    applicationName: 'inference',
    logger,
  });
  // No reading of usage keeps a request from being admitted or settled.
  const usage = createPrisma(databaseUrl, {
    max: usageLimits.connectionsMax,
    applicationName: 'inference-usage',
    statementTimeoutMs: usageLimits.readTimeoutMs,
  });
  // A year of usage takes a second, and nobody's upload has to wait for somebody's bill.
  const records = createPrisma(databaseUrl, {
    max: fileLimits.connectionsMax,
    applicationName: 'inference-records',
    statementTimeoutMs: usageLimits.readTimeoutMs,
  });
  // Only opened where an Idempotency-Key is sent.
  const idempotency = createPool(databaseUrl, {
    max: idempotencyLimits.connectionsMax,
    applicationName: 'inference-idempotency',
    queryTimeoutMs: idempotencyLimits.queryTimeoutMs,
    logger,
  });
  // Batches never keep a live call waiting for one.
  const batches = createPool(databaseUrl, {
    max: batchLimits.connectionsMax,
    applicationName: 'inference-batches',
    queryTimeoutMs: batchLimits.queryTimeoutMs,
    logger,
  });
  const toClose = [
    { name: 'database', close: () => metering.end() },
    { name: 'database of batches', close: () => batches.end() },
    { name: 'database of idempotency keys', close: () => idempotency.end() },
    { name: 'database of usage', close: () => usage.$disconnect() },
    { name: 'database of files', close: () => records.$disconnect() },
  ];
  return { metering, usage, records, idempotency, batches, toClose };
}
