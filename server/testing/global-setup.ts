import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '#server/platform/embedded-postgres.ts';
import { applyMigrations } from '#server/platform/migrate.ts';
import { freePort } from './free-port.ts';
import { templateDatabase, testServerVariable } from './test-server.ts';

/** Vitest calls this once a run: one PostgreSQL, with one migrated database that each test file's is a copy of. */
export default async function setUp(): Promise<() => Promise<void>> {
  const parent = await mkdtemp(path.join(tmpdir(), 'modelyard-test-'));
  const postgres = await startEmbeddedPostgres({
    folder: path.join(parent, 'postgres'),
    port: await freePort(),
    password: 'test',
    // Nothing in here has to survive a crash. Tests about crashes start a server of their own.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' },
  });
  const client = new pg.Client({ connectionString: postgres.databaseUrl('postgres') });
  await client.connect();
  await client.query(`CREATE DATABASE ${templateDatabase}`);
  await client.end();
  await applyMigrations(postgres.databaseUrl(templateDatabase));
  process.env[testServerVariable] = postgres.databaseUrl('postgres');

  return async () => {
    await postgres.stop();
    await rm(postgres.folder, { recursive: true, force: true });
    await rm(parent, { recursive: true, force: true });
  };
}
