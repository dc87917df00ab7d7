import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey } from '#server/testing/factories.ts';
import { type BatchesUnderTest, begin, ended, lineOf, startBatches } from '../testing/batches-under-test.ts';
import { readBooks } from '../testing/books.ts';
import { call } from '../testing/gateway-under-test.ts';

let database: TestDatabase;
let under: BatchesUnderTest | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await under?.close();
  under = undefined;
  await database.prisma.batch.deleteMany({ where: { endedAt: null } });
});
afterAll(() => database.drop());

const linesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => lineOf(`l${i}`, '/v1/sentiment', { input: `line ${i}` }));
const isInProgress = async (id: string) =>
  (await database.prisma.batch.findUniqueOrThrow({ where: { id } })).status === 'in_progress';
const heldOf = async (workspaceId: string) =>
  (await database.prisma.allowance.findUniqueOrThrow({ where: { workspaceId } })).heldRequests;
const begun = (workspaceId: string) =>
  eventually(async () => expect(await heldOf(workspaceId)).toBeGreaterThan(0));

/** Of a kind that is never assumed to be let through. */
const chat = { model: 'text-1', messages: [{ role: 'user', content: 'hi' }], max_tokens: 4 };

describe('a call', () => {
  it.each([
    { concurrencyMax: 1, lines: 30 },
    { concurrencyMax: 2, lines: 50 },
    { concurrencyMax: 8, lines: 100 },
  ])(
    'one at a time is never refused beside a batch, with $concurrencyMax places',
    async ({ concurrencyMax, lines }) => {
      const here = await startBatches(database, { model: { latencyMs: 10 } });
      under = here;
      const { client, key } = await here.newClient({ concurrencyMax });
      const { id } = await begin(client, '/v1/sentiment', linesOf(lines));
      const statuses: number[] = [];
      while (statuses.length < 60 && !(await isInProgress(id))) await pause(5);
      for (let i = 0; i < 40 && (await isInProgress(id)); i++) {
        statuses.push((await call(here.door, { key, body: { input: 'live' } })).status);
        await pause(10);
      }
      expect(statuses.length).toBeGreaterThan(5);
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect((await ended(client, id)).request_counts).toEqual({ total: lines, completed: lines, failed: 0 });
    },
  );

  it('waits for the place that a line has, and goes before the next line', async () => {
    const here = await startBatches(database, { model: { latencyMs: 250 } });
    under = here;
    const { client, workspaceId } = await here.newClient();
    const { key: narrow, id: narrowId } = await createApiKey(database.prisma, {
      workspaceId,
      concurrencyMax: 1,
    });
    const { id } = await begin(here.clientOf(narrow), '/v1/sentiment', linesOf(3));
    await begun(workspaceId);
    const { status } = await call(here.door, { key: narrow, path: '/v1/chat/completions', body: chat });
    expect(status).toBe(200);
    expect(here.door.runtime.batches).toHaveLength(1);
    expect((await ended(client, id)).request_counts).toMatchObject({ completed: 3 });
    expect(await heldOf(workspaceId)).toBe(0);
    expect(await database.prisma.keyAllowance.findUnique({ where: { keyId: narrowId } })).toMatchObject({
      heldRequests: 0,
    });
  });

  it('that is one more than there are lines is refused at once, and one that has waited enough in the end', async () => {
    const here = await startBatches(database, { model: { latencyMs: 3_000 }, heldQuotaWaitMs: 300 });
    under = here;
    const { client, key, workspaceId } = await here.newClient({ concurrencyMax: 1 });
    await begin(client, '/v1/sentiment', linesOf(1));
    await begun(workspaceId);
    const ask = async () => {
      const askedAtMs = performance.now();
      const { status, json } = await call(here.door, { key, path: '/v1/chat/completions', body: chat });
      return { status, code: json.error.code as string, tookMs: performance.now() - askedAtMs };
    };
    const found = (await Promise.all([ask(), ask(), ask()])).sort((a, b) => a.tookMs - b.tookMs);
    for (const one of found) expect(one).toMatchObject({ status: 429, code: 'concurrency_limit_exceeded' });
    expect(found[1]?.tookMs).toBeLessThan(290);
    expect(found[2]?.tookMs).toBeGreaterThan(290);
  });
});

it('lets lines hold half of the places at the most, those that wait to be billed among them', async () => {
  const here = await startBatches(database);
  under = here;
  const { client, workspaceId } = await here.newClient({ concurrencyMax: 8 });
  const { id } = await begin(client, '/v1/sentiment', linesOf(120));
  let most = 0;
  while (!(await isInProgress(id))) await pause(1);
  while (await isInProgress(id)) most = Math.max(most, await heldOf(workspaceId));
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(4);
  expect((await ended(client, id)).request_counts).toMatchObject({ completed: 120 });
});

it('does not ask again for what is held still where a piece could not be written, and disturbs nobody', async () => {
  let broken = 1;
  const holdMs = 1_000;
  const here = await startBatches(
    database,
    { holdMs },
    {
      leaseMs: 2 * holdMs,
      blobs: (blobs) => ({
        ...blobs,
        async write(name, pieces) {
          if (/\/batch_.*\.\d+$/.test(name) && broken-- > 0) throw new Error('The disk is full.');
          return blobs.write(name, pieces);
        },
      }),
    },
  );
  under = here;
  const { client, workspaceId } = await here.newClient();
  const other = await here.newClient();
  const { id } = await begin(client, '/v1/sentiment', linesOf(8));
  const statuses: number[] = [];
  while (!['completed', 'failed'].includes((await client.batches.retrieve(id)).status)) {
    statuses.push((await call(here.door, { key: other.key })).status);
    await pause(5);
  }
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect((await ended(client, id)).request_counts).toEqual({ total: 8, completed: 8, failed: 0 });
  expect(here.door.logged.filter(({ level }) => level === 'error')).toEqual([]);
  expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 8, heldRequests: 0 });
});
