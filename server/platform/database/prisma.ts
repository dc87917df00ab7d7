import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '#prisma/generated/client.ts';

export interface PrismaOptions {
  /** Connections at most. */
  readonly max?: number;
  readonly applicationName?: string;
  /** After which the server ends a statement, and a little later nobody waits for its answer. Left out: none. */
  readonly statementTimeoutMs?: number;
}

/** For the server's own word that it took too long. A connection that went silent brings none. */
const answerMs = 1_000;

export function createPrisma(databaseUrl: string, options: PrismaOptions = {}): PrismaClient {
  const { statementTimeoutMs } = options;
  const adapter = new PrismaPg({
    connectionString: databaseUrl,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'prisma',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    ...(statementTimeoutMs === undefined
      ? {}
      : { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + answerMs }),
  });
  // Prisma's own printing would put statements on the console: errors reach the caller, who logs them.
  return new PrismaClient({ adapter, log: [] });
}
