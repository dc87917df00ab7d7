import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { startEmbeddedPostgres } from '#server/platform/embedded-postgres.ts';
import { applyMigrations } from '#server/platform/migrate.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { freePort } from '#server/testing/free-port.ts';

export interface BenchDatabase {
  readonly url: string;
  readonly postmasterPid: number;
  readonly keys: readonly string[];
  query(statement: string): Promise<pg.QueryResult>;
  stop(): Promise<void>;
}

const manyUnits = 10 ** 12;
const manyAMinute = 10 ** 9;

/** A server of its own with the settings of the product: every commit is flushed to the disk. */
export async function startBenchDatabase(workspaces: number): Promise<BenchDatabase> {
  const parent = await mkdtemp(path.join(tmpdir(), 'modelyard-bench-'));
  const postgres = await startEmbeddedPostgres({
    folder: path.join(parent, 'postgres'),
    port: await freePort(),
    password: 'bench',
  });
  const url = postgres.databaseUrl('postgres');
  await applyMigrations(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE bench_usage (LIKE usage_records INCLUDING ALL)');
  const prisma = createPrisma(url, { max: 2, applicationName: 'bench' });
  const keys: string[] = [];
  for (let i = 0; i < workspaces; i++) {
    const limits = { requestsPerMinute: manyAMinute, unitsPerMinute: manyAMinute };
    const { id } = await createWorkspace(prisma, {
      ...limits,
      quotaUnits: manyUnits,
      concurrencyMax: 100_000,
    });
    keys.push((await createApiKey(prisma, { ...limits, workspaceId: id })).key);
  }
  await prisma.$disconnect();
  return {
    url,
    postmasterPid: postgres.pid,
    keys,
    query: (statement) => client.query(statement),
    async stop() {
      await client.end();
      await postgres.stop();
      await Promise.all(
        [postgres.folder, parent].map((folder) => rm(folder, { recursive: true, force: true })),
      );
    },
  };
}
