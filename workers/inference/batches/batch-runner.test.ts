import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { partBlob } from '#server/domain/batches/part-blob.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createBatchQueue } from '#server/platform/batches/batch-queue.ts';
import { createPool } from '#server/platform/database/pool.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { type RunnersUnderTest, runnersUnderTest } from '../testing/runner-under-test.ts';
import type { RunLine } from './run-line.ts';

let database: TestDatabase;
let runners: RunnersUnderTest;
let blobs: BlobStore;

beforeAll(async () => {
  database = await createTestDatabase();
  runners = await runnersUnderTest(database);
  ({ blobs } = runners);
});
afterEach(() => runners.reset());
afterAll(async () => {
  await database.drop();
  await runners.remove();
});

const createLines: RunnersUnderTest['createLines'] = (...given) => runners.createLines(...given);
const startRunner: RunnersUnderTest['startRunner'] = (...given) => runners.startRunner(...given);
const endedAs: RunnersUnderTest['endedAs'] = (...given) => runners.endedAs(...given);
const rowsOf: RunnersUnderTest['rowsOf'] = (...given) => runners.rowsOf(...given);
const completed = (id: string) => endedAs(id, 'completed');

it.each([
  { liveCalls: 0, most: 4 },
  { liveCalls: 1, most: 1 },
  { liveCalls: 0, places: { ofKey: 4 }, most: 2 },
  { liveCalls: 0, places: { ofKey: 1 }, most: 1 },
  { liveCalls: 0, places: { ofWorkspace: 7 }, most: 3 },
])(
  'runs $most lines at once beside $liveCalls live calls, of $places',
  async ({ liveCalls, places, most }) => {
    let running = 0;
    let seen = 0;
    const runner = startRunner(
      async () => {
        seen = Math.max(seen, ++running);
        await pause(5);
        running--;
        return { status: 200, body: '{}', settle: async () => 'settled' };
      },
      { liveCalls },
    );
    const batch = await completed(await createLines(100, places));
    await runner.close();
    expect(batch).toMatchObject({ total: 100, completed: 100, failed: 0 });
    expect(seen).toBe(most);
  },
);

it('runs a line again that failed on our side, or whose hold was gone, and counts it once', async () => {
  const asked = new Map<string, string[]>();
  const runner = startRunner(async ({ body, requestId }) => {
    const ids = asked.get(body) ?? [];
    asked.set(body, [...ids, requestId]);
    if (ids.length === 0 && body.includes('"1"')) {
      return { status: 503, body: '{"error":{"code":"overloaded"}}', settle: null };
    }
    const isGone = ids.length === 0 && body.includes('"2"');
    const settle = async () => (isGone ? ('no_hold' as const) : ('settled' as const));
    return { status: 200, body: '{}', settle };
  });
  const batch = await completed(await createLines(3));
  await runner.close();
  expect(batch).toMatchObject({ completed: 3, failed: 0 });
  expect([...asked.values()].map((ids) => ids.length).sort()).toEqual([1, 2, 2]);
  for (const ids of asked.values()) expect(new Set(ids).size).toBe(ids.length);
});

it('fails a line at once whose rest of a quota did not cover it, and one whose hold is gone each time, in the end', async () => {
  const asked = new Map<string, number>();
  const runner = startRunner(async ({ body }) => {
    const times = (asked.get(body) ?? 0) + 1;
    asked.set(body, times);
    const outcome = body.includes('"0"') ? 'over_hold' : body.includes('"1"') ? 'no_hold' : 'settled';
    return { status: 200, body: '{"answer":true}', settle: async () => outcome };
  });
  const batch = await completed(await createLines(3));
  await runner.close();
  expect(batch).toMatchObject({ completed: 1, failed: 2 });
  expect([...asked.values()].sort()).toEqual([1, 1, batchLimits.triesMax]);
  expect(await rowsOf(batch, batch.outputFileId)).toMatchObject([{ custom_id: '2' }]);
  const failures = new Map((await rowsOf(batch, batch.errorFileId)).map((row) => [row.custom_id, row]));
  expect(failures.size).toBe(2);
  expect(failures.get('0')?.response).toMatchObject({
    status_code: 429,
    body: { error: { code: 'insufficient_quota' } },
  });
  expect(failures.get('1')?.response).toMatchObject({
    status_code: 503,
    body: { error: { code: 'answer_withheld' } },
  });
});

it('counts the tries of a line over turns and gateways, so that none is run for ever', async () => {
  let tries = 0;
  const runLine: RunLine = async () => {
    tries++;
    return { status: 503, body: '{"error":{"code":"model_unavailable"}}', settle: null };
  };
  const first = startRunner(runLine);
  const id = await createLines(1);
  await eventually(() => expect(tries).toBe(5));
  await first.close();
  const second = startRunner(runLine);
  expect(await completed(id)).toMatchObject({ completed: 0, failed: 1 });
  await second.close();
  expect(tries).toBe(batchLimits.triesMax);
});

it.each(['concurrency_limit_exceeded', 'rate_limit_exceeded', 'database_unavailable'])(
  'does not count a refusal by %s as a try',
  async (code) => {
    let asked = 0;
    const runLine: RunLine = async () => {
      if (++asked < 3) return { status: 429, body: JSON.stringify({ error: { code } }), settle: null };
      return { status: 200, body: '{}', settle: async () => 'settled' };
    };
    const first = startRunner(runLine);
    const id = await createLines(1);
    await eventually(() => expect(asked).toBe(1));
    await first.close();
    await database.prisma.batchLine.updateMany({
      where: { batchId: id },
      data: { tries: batchLimits.triesMax - 1 },
    });
    const second = startRunner(runLine);
    expect(await completed(id)).toMatchObject({ completed: 1, failed: 0 });
    await second.close();
  },
);

it('keeps no more of answers than a batch may have, and runs nothing beyond that', async () => {
  const id = await createLines(3);
  const answerBytes = batchLimits.answerBytesMax + 1;
  await database.prisma.batch.update({ where: { id }, data: { answerBytes } });
  const runner = startRunner(async () => {
    throw new Error('A line was run.');
  });
  const batch = await completed(id);
  await runner.close();
  expect(batch).toMatchObject({ completed: 0, failed: 3 });
  const rows = await rowsOf(batch, batch.errorFileId);
  expect(rows.map(({ response }) => [response.status_code, response.body.error.code])).toEqual(
    Array.from({ length: 3 }, () => [413, 'payload_too_large']),
  );
});

it('counts the bytes of the pieces that it writes', async () => {
  const runner = startRunner(async () => ({ status: 200, body: '{}', settle: async () => 'settled' }));
  const batch = await completed(await createLines(3));
  await runner.close();
  const output = await database.prisma.file.findUniqueOrThrow({ where: { id: batch.outputFileId ?? '' } });
  // A row of a piece is that of the output, and what it is found by.
  expect(Number(batch.answerBytes)).toBeGreaterThan(Number(output.bytes));
});

it('lets one gateway at a time have a batch, and the next one go on where it stopped', async () => {
  const ran: string[] = [];
  const runLine: RunLine = async ({ body }) => {
    ran.push(body);
    await pause(3);
    return { status: 200, body: '{}', settle: async () => 'settled' };
  };
  const first = startRunner(runLine);
  const second = startRunner(runLine);
  const id = await createLines(300);
  await eventually(() => expect(ran.length).toBeGreaterThan(60));
  await first.close();
  expect(await completed(id)).toMatchObject({ completed: 300 });
  await second.close();
  expect(ran).toHaveLength(300);
  expect(new Set(ran).size).toBe(300);
});

it.each([
  { what: 'cancelled', status: 'cancelling', leftMs: 60_000 },
  { what: 'expired', status: 'in_progress', leftMs: -1 },
])(
  'has in the output what a gateway had billed that died, where the batch was $what since',
  async (ending) => {
    const id = await createLines(2);
    const { workspaceId, keyId } = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
    const requestId = newRequestId();
    const row = { custom_id: '0', response: { status_code: 200, body: {} } };
    async function* piece() {
      yield Buffer.from(`${JSON.stringify({ line: 1, requestId, isFailed: false, row })}\n`);
    }
    await blobs.write(partBlob({ workspaceId, id }, 1), piece());
    await database.prisma.batchLine.create({ data: { batchId: id, line: 1, requestId, part: 1 } });
    const cost = { inputUnits: 1, outputUnits: 0, unit: 'token', priceMicroUsd: 1, priceVersion: 1 };
    const task = { task: 'sentiment', modelVersion: 'm', statusClass: 2, latencyMs: 1 };
    await database.prisma.usageRecord.create({
      data: { id: requestId, workspaceId, keyId, ...task, ...cost },
    });
    const { status, leftMs } = ending;
    const expiresAt = new Date(Date.now() + leftMs);
    await database.prisma.batch.update({ where: { id }, data: { status, expiresAt, total: 2, parts: 1 } });

    const runner = startRunner(async () => {
      throw new Error('A line was run.');
    });
    const batch = await endedAs(id, ending.what);
    await runner.close();
    expect(batch).toMatchObject({ completed: 1, failed: 0 });
    expect(await rowsOf(batch, batch.outputFileId)).toMatchObject([{ custom_id: '0' }]);
  },
);

it('goes on in each turn, though it takes longer than one to find what there is to do', async () => {
  async function* slowly(pieces: AsyncIterable<Uint8Array>) {
    await pause(40);
    yield* pieces;
  }
  let reads = 0;
  const slow: BlobStore = {
    ...blobs,
    async read(name) {
      reads++;
      const pieces = await blobs.read(name);
      return pieces && slowly(pieces);
    },
  };
  const runLine: RunLine = async () => {
    await pause(5);
    return { status: 200, body: '{}', settle: async () => 'settled' };
  };
  const runner = startRunner(runLine, { blobs: slow, turnMs: 20 });
  expect(await completed(await createLines(40))).toMatchObject({ completed: 40 });
  await runner.close();
  expect(reads).toBeGreaterThan(3);
});

it('runs nothing again before its hold is over, where it could not renew its lease', async () => {
  const leaseMs = 1_600;
  const queue = createBatchQueue({ pool: database.pool, leaseMs });
  const ranAt: number[] = [];
  const runLine: RunLine = async ({ signal }) => {
    ranAt.push(performance.now());
    if (ranAt.length === 1) await pause(5_000, undefined, { signal }).catch(() => {});
    return { status: 200, body: '{}', settle: async () => 'settled' };
  };
  const isAway = () => ranAt.length <= 1;
  const renew: typeof queue.renew = (of) =>
    isAway() ? Promise.reject(new Error('It is away.')) : queue.renew(of);
  const runner = startRunner(runLine, { queue: { ...queue, renew }, leaseMs });
  const id = await createLines(1);
  expect(await completed(id)).toMatchObject({ completed: 1 });
  await runner.close();
  const [first = 0, second = 0, ...more] = ranAt;
  expect(more).toEqual([]);
  expect(second - first).toBeGreaterThan(leaseMs);
});

it('outlasts a database that answers nothing, and ends while it does', async () => {
  const pool = createPool(database.url, { max: 2, applicationName: 'batches', queryTimeoutMs: 200 });
  // What was asked may still be done once it can be: the batch is then leased to nobody who knows.
  const leaseMs = 2_000;
  const queue = createBatchQueue({ pool, leaseMs });
  const id = await createLines(3);
  const locker = await database.pool.connect();
  await locker.query('BEGIN; LOCK TABLE batches');
  const runLine: RunLine = async () => ({ status: 200, body: '{}', settle: async () => 'settled' });
  const first = startRunner(runLine, { queue, leaseMs });
  const second = startRunner(runLine, { queue, leaseMs });
  await pause(100);
  await first.close();
  await locker.query('ROLLBACK');
  locker.release();
  expect(await completed(id)).toMatchObject({ completed: 3 });
  await second.close();
  await pool.end();
});
