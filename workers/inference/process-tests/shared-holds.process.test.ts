import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { expectInLedgerOnce, readBooks } from '../testing/books.ts';
import { load } from '../testing/load.ts';

const holdMs = 4_000;
let database: TestDatabase;
const started: TestProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database.drop();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((gateway) => gateway.stop()));
});

async function twoGateways() {
  const env = {
    INFERENCE_RUNTIME: 'fake',
    FAKE_RUNTIME_LATENCY_MS: '200',
    LOG_LEVEL: 'warn',
    HOLD_MS: String(holdMs),
  };
  const gateways = await Promise.all([0, 1].map(() => startInference({ databaseUrl: database.url, env })));
  started.push(...gateways);
  return gateways as [TestProcess, TestProcess];
}

async function untilShared(workspaceId: string): Promise<void> {
  while ((await database.prisma.hold.count({ where: { workspaceId, requests: { gt: 1 } } })) < 4)
    await sleep(5);
}

it('keeps the books when a gateway is killed that had holds to share', async () => {
  const [first, second] = await twoGateways();
  const { id: workspaceId } = await createWorkspace(database.prisma, { quotaUnits: 100_000 });
  const { key } = await createApiKey(database.prisma, { workspaceId });
  const running = load({ urls: [first.url, second.url], key, requests: 1_200, concurrency: 300 });
  await untilShared(workspaceId);
  await first.kill('SIGKILL');
  const { acknowledged, statuses } = await running;
  expect(statuses[0]).toBeGreaterThan(0);
  await expectInLedgerOnce(database.pool, acknowledged);
  const killed = await readBooks(database.pool, workspaceId);
  expect(killed.heldRequests).toBeGreaterThan(0);
  expect(killed.spent).toBe(killed.ledgerUnits);

  await sleep(holdMs);
  const rest = await load({ urls: [second.url], key, requests: 100, concurrency: 20 });
  expect(rest.statuses).toEqual({ 200: 100 });
  const books = await readBooks(database.pool, workspaceId);
  expect(books).toMatchObject({ heldUnits: 0, heldRequests: 0, holds: 0 });
  expect(books.spent).toBe(books.ledgerUnits);
  expect(books.rolledUnits).toBe(books.ledgerUnits);
});

it('spends a quota to its last unit, from where holds are shared to where they are not', async () => {
  const gateways = await twoGateways();
  const { id: workspaceId } = await createWorkspace(database.prisma, { quotaUnits: 1_500 });
  const { key } = await createApiKey(database.prisma, { workspaceId });
  const urls = gateways.map((gateway) => gateway.url);
  const { statuses, codes } = await load({ urls, key, requests: 1_600, concurrency: 400 });
  expect(statuses).toEqual({ 200: 1_500, 429: 100 });
  expect(codes).toEqual({ insufficient_quota: 100 });
  expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: 1_500, heldUnits: 0, holds: 0 });
});

it('counts a key against one window over both gateways', async () => {
  const gateways = await twoGateways();
  const { id: workspaceId } = await createWorkspace(database.prisma, { quotaUnits: 100_000 });
  // One more for each second that the test takes.
  const { key } = await createApiKey(database.prisma, { workspaceId, requestsPerMinute: 60 });
  const urls = gateways.map((gateway) => gateway.url);
  const { statuses } = await load({ urls, key, requests: 200, concurrency: 200 });
  expect(statuses[200]).toBeGreaterThanOrEqual(60);
  expect(statuses[200]).toBeLessThanOrEqual(65);
});
