import pg from 'pg';
import type { Logger } from '#server/domain/logger.ts';

export interface PoolOptions {
  readonly max: number;
  /** Shows in pg_stat_activity. */
  readonly applicationName: string;
  readonly connectTimeoutMs?: number;
  /** A query without an answer fails after it. Left out: it is waited for as long as the connection lives. */
  readonly queryTimeoutMs?: number;
  readonly logger?: Logger;
}

export function createPool(databaseUrl: string, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    keepAlive: true,
    ...(options.queryTimeoutMs !== undefined && { query_timeout: options.queryTimeoutMs }),
  });
  // Both listeners keep a database that goes away from ending the process: the pool opens new connections when it is back.
  pool.on('error', (error) => options.logger?.warn({ err: error }, 'A database connection was lost.'));
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
