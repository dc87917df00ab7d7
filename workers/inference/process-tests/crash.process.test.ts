import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createPool } from '#server/platform/database/pool.ts';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/platform/embedded-postgres.ts';
import { applyMigrations } from '#server/platform/migrate.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { freePort } from '#server/testing/free-port.ts';
import { startInference } from '#server/testing/processes.ts';
import { expectInLedgerOnce, readBooks } from '../testing/books.ts';
import { load } from '../testing/load.ts';

const holdMs = 3_000;

it('keeps what it acknowledged through SIGKILL of a gateway and of PostgreSQL', {
  timeout: 90_000,
}, async () => {
  const parent = await mkdtemp(path.join(tmpdir(), 'modelyard-crash-'));
  const port = await freePort();
  const start = (folder: string) => startEmbeddedPostgres({ folder, port, password: 'test' });
  let postgres = await start(path.join(parent, 'postgres'));
  const databaseUrl = postgres.databaseUrl('crash');
  await createDatabase(postgres);
  await applyMigrations(databaseUrl);
  const prisma = createPrisma(databaseUrl, { max: 2, applicationName: 'test-prisma' });
  const pool = createPool(databaseUrl, { max: 2, applicationName: 'test-pool' });
  const { id: workspaceId } = await createWorkspace(prisma);
  const { key } = await createApiKey(prisma, { workspaceId });
  const env = {
    INFERENCE_RUNTIME: 'fake',
    FAKE_RUNTIME_LATENCY_MS: '5',
    LOG_LEVEL: 'warn',
    HOLD_MS: String(holdMs),
  };
  const first = await startInference({ databaseUrl, env });
  const second = await startInference({ databaseUrl, env });

  let gatewayKilled: Promise<unknown> | undefined;
  let databaseKilled: Promise<unknown> | undefined;
  const result = await load({
    urls: [first.url, second.url, second.url],
    key,
    requests: 4_000,
    concurrency: 48,
    onAnswer(answered) {
      if (answered === 1_000) gatewayKilled = first.kill('SIGKILL');
      if (answered === 2_000) databaseKilled = killAndRestart();
    },
  });
  await gatewayKilled;
  await databaseKilled;

  async function killAndRestart() {
    process.kill(postgres.pid, 'SIGKILL');
    await postgres.exited;
    postgres = await restarted(() => start(postgres.folder));
  }

  expect(result.acknowledged.length).toBeGreaterThan(1_000);
  const after = await load({ urls: [second.url], key, requests: 200, concurrency: 16 });
  expect(after.statuses).toEqual({ 200: 200 });
  await sleep(holdMs);
  await pool.query('SELECT reap_expired_holds()');

  await expectInLedgerOnce(pool, [...result.acknowledged, ...after.acknowledged]);
  const books = await readBooks(pool, workspaceId);
  expect(books).toMatchObject({ heldUnits: 0, heldRequests: 0, holds: 0 });
  expect(books.rolled).toBe(books.ledger);
  expect(books.rolledUnits).toBe(books.ledgerUnits);
  expect(books.spent).toBe(books.ledgerUnits);
  // What is in the ledger and was not acknowledged died on its way to the caller, at most what was in flight.
  expect(books.ledger - result.acknowledged.length - after.acknowledged.length).toBeLessThanOrEqual(2 * 48);

  await second.stop();
  await Promise.all([prisma.$disconnect(), pool.end()]);
  await postgres.stop();
  await Promise.all([postgres.folder, parent].map((folder) => rm(folder, { recursive: true, force: true })));
});

async function createDatabase(postgres: EmbeddedPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.databaseUrl('postgres') });
  await client.connect();
  await client.query('CREATE DATABASE crash');
  await client.end();
}

/** The server's processes outlive their postmaster for a moment, and it does not start before they are gone. */
async function restarted(start: () => Promise<EmbeddedPostgres>): Promise<EmbeddedPostgres> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(250);
    }
  }
}
