import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorCodes } from '#server/domain/errors.ts';
import { pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { expectInLedgerOnce, readBooks } from '../testing/books.ts';
import { type Answered, load, openLoop, send } from '../testing/load.ts';
import { queueDepths } from '../testing/queue-depths.ts';

/** A batch takes so long whatever is in it, and one runs at a time: the capacity is the test's, not the machine's. */
const latencyMs = 250;
const batchItems = 8;
const capacityPerSecond = (batchItems * 1_000) / latencyMs;
/** A third longer than it takes until the model has as much before it as it works off in `modelWaitMsMax`. */
const floodSeconds = 8;
/** What it works off in that time, and the two calls that are decided before they are counted. */
const depthMax = capacityPerSecond * (pipelineLimits.modelWaitMsMax / 1_000) + 2;
/** Beside the wait: the batch under way, its own, and what is not whole of either. */
const waitMsBound = pipelineLimits.modelWaitMsMax + 4 * latencyMs;
/** For a machine that has other things to do. */
const roomMs = 5_000;

let database: TestDatabase;
let gateway: TestProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = {
    INFERENCE_RUNTIME: 'fake',
    FAKE_RUNTIME_LATENCY_MS: String(latencyMs),
    FAKE_RUNTIME_BATCH_ITEMS: String(batchItems),
    LOG_LEVEL: 'warn',
  };
  gateway = await startInference({ databaseUrl: database.url, env });
});
afterAll(async () => {
  await gateway?.stop();
  await database.drop();
});

async function customer() {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  return createApiKey(database.prisma, { workspaceId });
}

/** `work` again and again, its results in order, until `until` is over. */
async function during<T>(until: Promise<unknown>, everyMs: number, work: () => Promise<T>): Promise<T[]> {
  let isOver = false;
  void until.finally(() => {
    isOver = true;
  });
  const results: T[] = [];
  while (!isOver) {
    results.push(await work());
    await sleep(everyMs);
  }
  return results;
}

const count = (answers: readonly Answered[], isCounted: (answer: Answered) => boolean) =>
  answers.filter(isCounted).length;
const isAnswered = ({ status }: Answered) => status === 200;
const p99 = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;

it('offered twice what it can do, answers in bounded time or refuses at once, and bills what it answered', async () => {
  const [flooding, quiet] = await Promise.all([customer(), customer()]);
  // It is the pace of full batches that says how long what waits will take.
  await load({ urls: [gateway.url], key: quiet.key, requests: 4 * batchItems, concurrency: 4 * batchItems });

  const flood = openLoop({
    url: gateway.url,
    key: flooding.key,
    requestsPerSecond: 2 * capacityPerSecond,
    seconds: floodSeconds,
  });
  const [answers, depths, others] = await Promise.all([
    flood,
    during(flood, 50, () => queueDepths(gateway.url)),
    during(flood, 500, () => send(gateway.url, quiet.key)),
  ]);

  const accepted = answers.filter(isAnswered);
  const refused = answers.filter((answer) => !isAnswered(answer));
  // As much as the model can do in that time, and what waits at its end.
  expect(accepted.length).toBeGreaterThan(depthMax);
  expect(refused.length).toBeGreaterThan(0);
  for (const { status, code, retryAfter, tookMs } of refused) {
    expect([429, 503]).toContain(status);
    expect(errorCodes).toContain(code);
    expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
    // Told to come back when that helps, not when the caller has lost patience.
    expect(Number(retryAfter) * 1_000).toBeLessThanOrEqual(waitMsBound + roomMs);
    expect(tookMs).toBeLessThan(pipelineLimits.modelWaitMsMax);
  }
  expect(Math.max(...depths.map((depth) => depth['model:sentiment-1'] ?? 0))).toBeLessThanOrEqual(depthMax);
  expect(Math.max(...depths.map((depth) => depth.admit ?? 0))).toBeLessThanOrEqual(
    pipelineLimits.admitQueueMax,
  );
  expect(p99(accepted.map(({ tookMs }) => tookMs))).toBeLessThan(waitMsBound + roomMs);

  // Who floods nobody waits for nobody: its turn comes with the next batch.
  expect(count(others, isAnswered)).toBe(others.length);
  expect(Math.max(...others.map(({ tookMs }) => tookMs))).toBeLessThan(pipelineLimits.modelWaitMsMax);

  await expectInLedgerOnce(
    database.pool,
    accepted.map(({ id }) => id ?? ''),
  );
  const books = await readBooks(database.pool, flooding.workspaceId);
  expect(books).toMatchObject({
    ledgerUnits: accepted.length,
    rolledUnits: accepted.length,
    spent: accepted.length,
    heldUnits: 0,
    heldRequests: 0,
    holds: 0,
  });

  const after = await send(gateway.url, flooding.key);
  expect(after.status).toBe(200);
  expect(after.tookMs).toBeLessThan(pipelineLimits.modelWaitMsMax);
  expect((await queueDepths(gateway.url))['model:sentiment-1']).toBe(0);
});
