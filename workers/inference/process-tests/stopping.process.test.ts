import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drainLimits } from '#server/domain/rate-limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { expectInLedgerOnce, readBooks } from '../testing/books.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

const drainMs = 1_000;
/** As many tokens as the context has, each of which takes so long: no text here ends by itself within `drainMs`. */
const tokenMs = 20;
const prompt = 'write 1900';

let database: TestDatabase;
let blobsDir: string;
const started: TestProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  blobsDir = await mkdtemp(path.join(tmpdir(), 'blobs-'));
});
afterAll(async () => {
  await Promise.all(started.map((gateway) => gateway.kill('SIGKILL')));
  await database.drop();
  await rm(blobsDir, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}) {
  const gateway = await startInference({
    databaseUrl: database.url,
    env: {
      INFERENCE_RUNTIME: 'fake',
      FAKE_RUNTIME_LATENCY_MS: String(tokenMs),
      LOG_LEVEL: 'warn',
      BLOBS_DIR: blobsDir,
      DRAIN_MS: String(drainMs),
      ...env,
    },
  });
  started.push(gateway);
  return gateway;
}

async function customer() {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  return createApiKey(database.prisma, { workspaceId });
}

/** Its answer as it comes; `text` is all that came when it is over. */
async function ask(url: string, key: string, body: object, onText: () => void = () => {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  let text = '';
  for await (const part of response.body ?? []) {
    text += Buffer.from(part).toString();
    onText();
  }
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text };
}

it('ends its texts where they are when its time is over, bills what was written, and exits with 0', async () => {
  const gateway = await start();
  const { key, workspaceId } = await customer();
  const chat = { messages: [{ role: 'user', content: prompt }], max_tokens: 1_900 };
  let stopped: Promise<number> | undefined;
  const stop = async () => {
    const beganMs = performance.now();
    await gateway.stop();
    return performance.now() - beganMs;
  };
  // Told to stop once the last one to begin is being written.
  const whole = ask(`${gateway.url}/v1/chat/completions`, key, chat);
  const own = ask(`${gateway.url}/v1/text/generate`, key, { prompt, max_tokens: 1_900, stream: true });
  await eventually(async () => expect(await database.prisma.hold.count({ where: { workspaceId } })).toBe(2));
  const [ownStream, chatStream] = await Promise.all([
    own,
    ask(`${gateway.url}/v1/chat/completions`, key, { ...chat, stream: true }, () => {
      stopped ??= stop();
    }),
  ]);
  const tookMs = await stopped;
  const refused = await whole;

  expect(gateway.process.exitCode).toBe(0);
  expect(tookMs).toBeGreaterThanOrEqual(drainMs);
  // Not cut off, and not for lack of time: all is billed and closed as soon as the texts have ended.
  expect(tookMs).toBeLessThan(drainMs + drainLimits.lastEventsMs);
  for (const { status, text } of [ownStream, chatStream]) {
    expect(status).toBe(200);
    expect(parseEvents(text).at(-1)?.json).toEqual({
      error: {
        message: expect.stringContaining('What was written is billed'),
        type: 'server_error',
        param: null,
        code: 'server_stopping',
      },
    });
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('event: finished');
  }
  expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([503, 'server_stopping']);
  expect(Number(refused.retryAfter)).toBeGreaterThanOrEqual(1);

  const rows = await database.prisma.usageRecord.findMany({ where: { workspaceId } });
  const billed = rows
    .filter(({ statusClass }) => statusClass === 2)
    .map(({ outputUnits }) => Number(outputUnits));
  const written = [
    ownStream.text.split('event: text\n').length - 1,
    parseEvents(chatStream.text).filter(({ json }) => json?.choices?.[0]?.delta?.content).length,
  ];
  expect(Math.min(...written)).toBeGreaterThan(0);
  expect(billed.toSorted()).toEqual(written.toSorted());
  expect(rows.filter(({ statusClass }) => statusClass !== 2)).toMatchObject([
    { statusClass: 5, inputUnits: 0n, outputUnits: 0n, priceMicroUsd: 0n },
  ]);
  const books = await readBooks(database.pool, workspaceId);
  expect(books).toMatchObject({ ledger: 3, heldUnits: 0, heldRequests: 0, holds: 0 });
  expect(books.spent).toBe(books.ledgerUnits);
});

it('leaves the lines of a batch to another gateway, which answers and bills each once', async () => {
  const first = await start();
  const { key, workspaceId } = await customer();
  const count = 3;
  const client = (gateway: TestProcess) => new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1` });
  const lines = Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      custom_id: `line-${i}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'text-1', messages: [{ role: 'user', content: 'write 120' }] },
    }),
  );
  const file = await client(first).files.create({
    file: await toFile(Buffer.from(`${lines.join('\n')}\n`), 'lines.jsonl'),
    purpose: 'batch',
  });
  const { id } = await client(first).batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  await eventually(async () =>
    expect(await database.prisma.hold.count({ where: { workspaceId } })).toBeGreaterThan(0),
  );
  await first.stop();
  expect(first.process.exitCode).toBe(0);
  expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: 0, holds: 0 });

  const second = await start({ FAKE_RUNTIME_LATENCY_MS: '1' });
  const batch = await eventually(async () => {
    const found = await client(second).batches.retrieve(id);
    expect(found.status).toBe('completed');
    return found;
  });
  expect(batch.request_counts).toEqual({ total: count, completed: count, failed: 0 });
  const answers = (await (await client(second).files.content(batch.output_file_id ?? '')).text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { response: { request_id: string } });
  await expectInLedgerOnce(
    database.pool,
    answers.map(({ response }) => response.request_id),
  );
  const billed = await database.prisma.usageRecord.count({ where: { workspaceId, statusClass: 2 } });
  expect(billed).toBe(count);
  await second.stop();
});
