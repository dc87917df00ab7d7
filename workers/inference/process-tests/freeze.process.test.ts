import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { expectInLedgerOnce, readBooks } from '../testing/books.ts';
import { load } from '../testing/load.ts';

/** A hold lives so long here; the pool's timeout to connect, the longest of the gateway's own, is 5 s. */
const holdMs = 2_000;
const frozenMs = 6_000;

let database: TestDatabase;
let gateway: TestProcess;
let workspaceId: string;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  const env = {
    INFERENCE_RUNTIME: 'fake',
    FAKE_RUNTIME_LATENCY_MS: '300',
    LOG_LEVEL: 'warn',
    HOLD_MS: String(holdMs),
  };
  gateway = await startInference({ databaseUrl: database.url, env });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const one = () => load({ urls: [gateway.url], key, requests: 1, concurrency: 1 });

/** As a platform does that gives a process no time between two requests; its connections are cut meanwhile, as proxies do. */
async function freeze(): Promise<void> {
  gateway.process.kill('SIGSTOP');
  await sleep(frozenMs / 2);
  await database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'inference%'`,
  );
  await sleep(frozenMs / 2);
  await database.pool.query('SELECT reap_expired_holds()');
  gateway.process.kill('SIGCONT');
}

it('answers rightly and bills once after it was frozen between two calls', async () => {
  const first = await one();
  await freeze();
  const second = await one();
  expect([first.statuses, second.statuses]).toEqual([{ 200: 1 }, { 200: 1 }]);
  await expectInLedgerOnce(database.pool, [...first.acknowledged, ...second.acknowledged]);
  const books = await readBooks(database.pool, workspaceId);
  expect(books).toMatchObject({ ledger: 2, spent: 2, heldUnits: 0, heldRequests: 0, holds: 0 });
});

it('bills what it was frozen in the middle of once or not at all, and goes on', async () => {
  const before = await readBooks(database.pool, workspaceId);
  const frozen = one();
  await sleep(150);
  await freeze();
  const { acknowledged } = await frozen;
  const after = await one();
  expect(after.statuses).toEqual({ 200: 1 });
  await expectInLedgerOnce(database.pool, [...acknowledged, ...after.acknowledged]);
  const books = await readBooks(database.pool, workspaceId);
  expect(books.spent - before.spent).toBe(acknowledged.length + 1);
  expect(books).toMatchObject({ heldUnits: 0, heldRequests: 0, holds: 0 });
});
