import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { expectInLedgerOnce, readBooks } from '../testing/books.ts';

let database: TestDatabase;
let blobsDir: string;
let gateway: TestProcess;

/** Short holds, so that a dead gateway's batch is taken over soon. */
const start = () =>
  startInference({
    databaseUrl: database.url,
    env: {
      INFERENCE_RUNTIME: 'fake',
      FAKE_RUNTIME_LATENCY_MS: '40',
      HOLD_MS: '3000',
      BLOBS_DIR: blobsDir,
    },
  });

beforeAll(async () => {
  database = await createTestDatabase();
  blobsDir = await mkdtemp(path.join(tmpdir(), 'blobs-'));
  gateway = await start();
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
  await rm(blobsDir, { recursive: true, force: true });
});

it('answers and bills every line of a batch once, though its gateway is killed twice', {
  timeout: 90_000,
}, async () => {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  const { key } = await createApiKey(database.prisma, { workspaceId });
  const client = () => new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1` });
  const lines = Array.from({ length: 300 }, (_, i) =>
    JSON.stringify({
      custom_id: `line-${i}`,
      method: 'POST',
      url: '/v1/sentiment',
      body: { input: i % 50 === 49 ? 7 : `good ${i}` },
    }),
  );
  const file = await client().files.create({
    file: await toFile(Buffer.from(`${lines.join('\n')}\n`), 'lines.jsonl'),
    purpose: 'batch',
  });
  const { id } = await client().batches.create({
    input_file_id: file.id,
    endpoint: '/v1/sentiment' as '/v1/embeddings',
    completion_window: '24h',
  });

  for (const killAfter of [30, 120]) {
    await eventually(async () => {
      const { request_counts: counts } = await client().batches.retrieve(id);
      expect(counts?.completed).toBeGreaterThan(killAfter);
    }, 30_000);
    await gateway.kill('SIGKILL');
    const { status, completed } = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
    expect(status).toBe('in_progress');
    expect(completed).toBeLessThan(294);
    gateway = await start();
  }
  const batch = await eventually(async () => {
    const found = await client().batches.retrieve(id);
    expect(found.status).toBe('completed');
    return found;
  }, 40_000);

  expect(batch.request_counts).toEqual({ total: 300, completed: 294, failed: 6 });
  const read = async (fileId: string | null | undefined) =>
    (await (await client().files.content(fileId ?? '')).text())
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { custom_id: string; response: { status_code: number; request_id: string } },
      );
  const [answers, failures] = await Promise.all([read(batch.output_file_id), read(batch.error_file_id)]);
  const ids = [...answers, ...failures].map(({ custom_id: customId }) => customId);
  expect(ids).toHaveLength(300);
  expect(new Set(ids)).toEqual(new Set(Array.from({ length: 300 }, (_, i) => `line-${i}`)));
  expect(failures.map(({ response }) => response.status_code)).toEqual([400, 400, 400, 400, 400, 400]);
  await expectInLedgerOnce(
    database.pool,
    answers.map(({ response }) => response.request_id),
  );
  const { rows } = await database.pool.query(
    'SELECT count(*)::int AS billed FROM usage_records WHERE workspace_id = $1 AND status_class = 2',
    [workspaceId],
  );
  expect(rows).toEqual([{ billed: 294 }]);
  const books = await readBooks(database.pool, workspaceId);
  expect(books.spent).toBe(books.ledgerUnits);

  const kept = await readdir(path.join(blobsDir, workspaceId));
  expect(kept).toEqual(expect.arrayContaining([file.id, batch.output_file_id, batch.error_file_id]));
  for (const name of kept) {
    const bytes = await readFile(path.join(blobsDir, workspaceId, name), 'latin1');
    expect(bytes).not.toMatch(/custom_id|line-\d|good \d/);
  }
});
