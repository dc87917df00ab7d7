import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { type ApiKeyOptions, createApiKey, createWorkspace } from '#server/testing/factories.ts';
import type { TestProcess } from '#server/testing/processes.ts';
import { expectInLedgerOnce, readBooks } from '../testing/books.ts';
import { load } from '../testing/load.ts';
import { parseEvents } from '../testing/server-sent-events.ts';
import { gatewayPairs } from '../testing/two-gateways.ts';

/** What a request of these tests costs: one unit of sentiment, one micro-USD. */
const budget = 500;
const requests = 600;
const over = requests - budget;

let database: TestDatabase;
const twoGateways = gatewayPairs(() => database.url);

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database.drop();
});
const urlsOf = (gateways: readonly TestProcess[]) => gateways.map(({ url }) => url);

/** Micro-USD that a workspace's ledger, its allowance and the allowance of a key say; of a key without one, nothing. */
async function readMoney(workspaceId: string, keyId: string) {
  const { rows } = await database.pool.query<Record<string, number | null>>(
    `SELECT
       (SELECT coalesce(sum(price_micro_usd), 0) FROM usage_records WHERE workspace_id = $1)::int AS "ledger",
       a.spent_micro_usd::int AS "spent", a.held_micro_usd::int AS "held",
       k.spent_micro_usd::int AS "ofKey", k.held_micro_usd::int AS "heldOfKey"
     FROM allowances a LEFT JOIN key_allowances k ON k.key_id = $2 WHERE a.workspace_id = $1`,
    [workspaceId, keyId],
  );
  return rows[0];
}

async function keyIn(workspaceId: string, options: Partial<ApiKeyOptions> = {}) {
  return createApiKey(database.prisma, { workspaceId, ...options });
}

describe('two gateways on one database, and a hard budget', () => {
  it('of a key: exactly what it allows is answered', async () => {
    const gateways = await twoGateways();
    const { id: workspaceId } = await createWorkspace(database.prisma);
    const { key, id } = await keyIn(workspaceId, { budgetMicroUsd: budget });
    const result = await load({ urls: urlsOf(gateways), key, requests, concurrency: requests });
    expect(result.statuses).toEqual({ 200: budget, 429: over });
    expect(result.codes).toEqual({ budget_exceeded: over });
    await expectInLedgerOnce(database.pool, result.acknowledged);
    expect(await readMoney(workspaceId, id)).toEqual({
      ledger: budget,
      spent: budget,
      held: 0,
      ofKey: budget,
      heldOfKey: 0,
    });
    // The workspace's other keys have what is the workspace's.
    const other = await keyIn(workspaceId);
    const more = await load({ urls: urlsOf(gateways), key: other.key, requests: 4, concurrency: 4 });
    expect(more.statuses).toEqual({ 200: 4 });
  });

  it('of a workspace: over all of its keys', async () => {
    const gateways = await twoGateways();
    const { id: workspaceId } = await createWorkspace(database.prisma, { budgetMicroUsd: budget });
    const keys = await Promise.all([keyIn(workspaceId), keyIn(workspaceId, { budgetMicroUsd: requests })]);
    const results = await Promise.all(
      keys.map(({ key }) =>
        load({ urls: urlsOf(gateways), key, requests: requests / 2, concurrency: requests / 2 }),
      ),
    );
    const sum = (of: (result: (typeof results)[number]) => number | undefined) =>
      results.reduce((total, result) => total + (of(result) ?? 0), 0);
    expect(sum(({ statuses }) => statuses[200])).toBe(budget);
    expect(sum(({ statuses }) => statuses[429])).toBe(over);
    expect(sum(({ codes }) => codes.budget_exceeded)).toBe(over);
    await expectInLedgerOnce(
      database.pool,
      results.flatMap(({ acknowledged }) => acknowledged),
    );
    const ofSecond = results[1]?.statuses[200] ?? 0;
    expect(await readMoney(workspaceId, keys[1].id)).toEqual({
      ledger: budget,
      spent: budget,
      held: 0,
      ofKey: ofSecond,
      heldOfKey: 0,
    });
  });

  it('of a key, when one gateway is killed: never more, and the rest can be spent once its holds expire', async () => {
    const holdMs = 4_000;
    const gateways = await twoGateways({ HOLD_MS: String(holdMs), FAKE_RUNTIME_LATENCY_MS: '300' });
    const { id: workspaceId } = await createWorkspace(database.prisma);
    const { key, id } = await keyIn(workspaceId, { budgetMicroUsd: budget });
    const running = load({ urls: urlsOf(gateways), key, requests, concurrency: requests });
    while ((await database.prisma.hold.count({ where: { workspaceId } })) < 150) await sleep(5);
    await gateways[0].kill('SIGKILL');
    const result = await running;
    expect(result.statuses[0]).toBeGreaterThan(0);
    await expectInLedgerOnce(database.pool, result.acknowledged);
    const killed = await readMoney(workspaceId, id);
    expect(killed?.heldOfKey).toBeGreaterThan(0);
    expect(Number(killed?.ofKey) + Number(killed?.heldOfKey)).toBeLessThanOrEqual(budget);

    await sleep(holdMs);
    const rest = await load({ urls: [gateways[1].url], key, requests, concurrency: 64 });
    expect(rest.acknowledged).toHaveLength(budget - Number(killed?.ofKey));
    expect(await readMoney(workspaceId, id)).toEqual({
      ledger: budget,
      spent: budget,
      held: 0,
      ofKey: budget,
      heldOfKey: 0,
    });
  });

  it('of a key, spent by streams: their receipts are the ledger, and it is spent to what a token costs', async () => {
    const gateways = await twoGateways({ FAKE_RUNTIME_LATENCY_MS: '20' });
    const { id: workspaceId } = await createWorkspace(database.prisma);
    // A stream costs 1 + 3 × 2; what is left after ten, 5, is the beginning of an eleventh.
    const { key, id } = await keyIn(workspaceId, { budgetMicroUsd: 10 * 7 + 5 });
    const streams = await Promise.all(
      Array.from({ length: 15 }, async (_, i) => {
        const response = await fetch(`${gateways[i % 2]?.url}/v1/text/generate`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ prompt: 'a', max_tokens: 3, stream: true }),
        });
        return { status: response.status, text: await response.text() };
      }),
    );
    const receipts = streams
      .filter(({ status }) => status === 200)
      .map(({ text }) => parseEvents(text).find(({ name }) => name === 'finished')?.json);
    const costs = receipts.map((receipt) => receipt.usage.price_micro_usd as number);
    expect(costs.toSorted((a, b) => a - b)).toEqual([5, ...Array.from({ length: 10 }, () => 7)]);
    const refused = streams.filter(({ status }) => status !== 200);
    expect(refused.map(({ status, text }) => [status, JSON.parse(text).error.code])).toEqual(
      Array.from({ length: 4 }, () => [429, 'budget_exceeded']),
    );
    await expectInLedgerOnce(
      database.pool,
      receipts.map(({ id: receiptId }) => receiptId),
    );
    expect(await readMoney(workspaceId, id)).toEqual({
      ledger: 75,
      spent: 75,
      held: 0,
      ofKey: 75,
      heldOfKey: 0,
    });
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({
      ledger: 11,
      holds: 0,
      heldRequests: 0,
    });
  });
});
