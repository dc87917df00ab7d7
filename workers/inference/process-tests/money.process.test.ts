import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { expectInLedgerOnce, readBooks } from '../testing/books.ts';
import { load, send } from '../testing/load.ts';
import { queueDepths } from '../testing/queue-depths.ts';
import { gatewayPairs } from '../testing/two-gateways.ts';

let database: TestDatabase;
const twoGateways = gatewayPairs(() => database.url);

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database.drop();
});

async function customerWith(quotaUnits: number) {
  const { id: workspaceId } = await createWorkspace(database.prisma, { quotaUnits });
  return createApiKey(database.prisma, { workspaceId });
}

describe('two gateways on one database', () => {
  it('spend 500 units left on exactly 500 of 600 concurrent requests', async () => {
    const gateways = await twoGateways();
    const { key, workspaceId } = await customerWith(500);
    const result = await load({
      urls: gateways.map((gateway) => gateway.url),
      key,
      requests: 600,
      concurrency: 600,
    });
    expect(result.statuses).toEqual({ 200: 500, 429: 100 });
    expect(result.codes).toEqual({ insufficient_quota: 100 });
    await expectInLedgerOnce(database.pool, result.acknowledged);
    expect(await readBooks(database.pool, workspaceId)).toEqual({
      ledger: 500,
      ledgerUnits: 500,
      rolled: 500,
      rolledUnits: 500,
      spent: 500,
      heldUnits: 0,
      heldRequests: 0,
      holds: 0,
    });
  });

  it('never overspend when one is killed, and the rest can be spent once its holds expire', async () => {
    const holdMs = 4_000;
    const gateways = await twoGateways({ HOLD_MS: String(holdMs), FAKE_RUNTIME_LATENCY_MS: '300' });
    const [first, second] = gateways;
    const { key, workspaceId } = await customerWith(500);
    const running = load({ urls: [first.url, second.url], key, requests: 600, concurrency: 600 });
    await untilHolds(workspaceId, 150);
    await first.kill('SIGKILL');
    const result = await running;
    expect(result.statuses[0]).toBeGreaterThan(0);
    expect(result.acknowledged.length).toBeLessThanOrEqual(500);
    await expectInLedgerOnce(database.pool, result.acknowledged);
    const killed = await readBooks(database.pool, workspaceId);
    expect(killed.heldRequests).toBeGreaterThan(0);
    expect(killed.spent + killed.heldUnits).toBeLessThanOrEqual(500);

    await sleep(holdMs);
    const rest = await load({ urls: [second.url], key, requests: 600, concurrency: 64 });
    expect(rest.acknowledged).toHaveLength(500 - killed.spent);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({
      ledgerUnits: 500,
      rolledUnits: 500,
      spent: 500,
      heldUnits: 0,
      heldRequests: 0,
      holds: 0,
    });
  });

  it('refuse a revoked key on its next call, each of them', async () => {
    const gateways = await twoGateways();
    const { key, id } = await customerWith(500);
    const statuses = async () =>
      Promise.all(
        gateways.map(
          async ({ url }) => (await load({ urls: [url], key, requests: 1, concurrency: 1 })).statuses,
        ),
      );
    expect(await statuses()).toEqual([{ 200: 1 }, { 200: 1 }]);
    await database.prisma.apiKey.update({ where: { id }, data: { revokedAt: new Date() } });
    expect(await statuses()).toEqual([{ 401: 1 }, { 401: 1 }]);
  });
});

describe('a gateway that is asked to stop', () => {
  it('answers what is in flight, admitted or not yet, and leaves no hold', async () => {
    const [gateway] = await twoGateways({ FAKE_RUNTIME_LATENCY_MS: '2000' });
    const { key, workspaceId } = await customerWith(500);
    // Its key is known from then on, and some of the others run first and are admitted when they are settled.
    expect((await send(gateway.url, key)).status).toBe(200);
    const running = load({ urls: [gateway.url], key, requests: 50, concurrency: 50 });
    const assumed = await untilInFlight(gateway.url, workspaceId, 50);
    await gateway.stop();
    expect(assumed).toBeGreaterThan(0);
    expect(await running).toMatchObject({ statuses: { 200: 50 } });
    expect(gateway.process.exitCode).toBe(0);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({
      spent: 51,
      holds: 0,
      heldRequests: 0,
    });
  });
});

/** Those that hold nothing, of so many. */
async function untilInFlight(url: string, workspaceId: string, count: number): Promise<number> {
  for (;;) {
    const { assumed = 0 } = await queueDepths(url);
    const { heldRequests } = await readBooks(database.pool, workspaceId);
    if (assumed + heldRequests === count) return assumed;
    await sleep(5);
  }
}

async function untilHolds(workspaceId: string, least: number): Promise<void> {
  while ((await database.prisma.hold.count({ where: { workspaceId } })) < least) await sleep(5);
}
