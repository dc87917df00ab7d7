import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '#prisma/generated/client.ts';

export interface PrismaOptions {
  /** Connections at most. */
  readonly max?: number;
  readonly applicationName?: string;
  /** After which the server ends a statement. Left out: none. */
  readonly statementTimeoutMs?: number;
}

export function createPrisma(databaseUrl: string, options: PrismaOptions = {}): PrismaClient {
  const adapter = new PrismaPg({
    connectionString: databaseUrl,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'prisma',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
  });
  // Prisma's own printing would put statements on the console: errors reach the caller, who logs them.
  return new PrismaClient({ adapter, log: [] });
}
