import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serve } from '@hono/node-server';
import OpenAI, { NotFoundError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBatchQueue } from '#server/platform/batches/batch-queue.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { type BatchRunner, startBatchRunner } from './batches/batch-runner.ts';
import { readBooks } from './testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';
import { png } from './testing/pictures.ts';

const picture = png.toString('base64');

let database: TestDatabase;
let blobsDir: string;
let door: GatewayUnderTest;
let server: Server;
let runner: BatchRunner;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  blobsDir = await mkdtemp(path.join(tmpdir(), 'blobs-'));
  door = gatewayUnderTest(database, { blobsDir });
  server = serve({ fetch: door.gateway.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  runner = startBatchRunner({
    queue: createBatchQueue({ pool: database.pool, leaseMs: 60_000 }),
    blobs: door.blobs,
    runLine: door.gateway.runLine,
    liveCalls: () => door.gateway.liveCalls,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    leaseMs: 60_000,
    lookEveryMs: 20,
  });
});
afterAll(async () => {
  await runner.close();
  server.close();
  await database.drop();
  await rm(blobsDir, { recursive: true, force: true });
});

async function newClient(options: Parameters<typeof createWorkspace>[1] = {}) {
  const { id: workspaceId } = await createWorkspace(database.prisma, options);
  const { key, id: keyId } = await createApiKey(database.prisma, { workspaceId });
  return {
    workspaceId,
    key,
    keyId,
    client: new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 }),
  };
}

const lineOf = (customId: string, endpoint: string, body: unknown) =>
  JSON.stringify({ custom_id: customId, method: 'POST', url: endpoint, body });

async function upload(client: OpenAI, lines: readonly string[]) {
  return client.files.create({
    file: await toFile(Buffer.from(lines.join('\n')), 'lines.jsonl'),
    purpose: 'batch',
  });
}

async function begin(client: OpenAI, endpoint: string, lines: readonly string[]) {
  const { id } = await upload(client, lines);
  return client.batches.create({
    input_file_id: id,
    endpoint: endpoint as '/v1/embeddings',
    completion_window: '24h',
    metadata: { run: 'nightly' },
  });
}

async function ended(client: OpenAI, id: string) {
  return vi.waitFor(
    async () => {
      const batch = await client.batches.retrieve(id);
      expect(['completed', 'failed', 'expired', 'cancelled']).toContain(batch.status);
      return batch;
    },
    { timeout: 20_000, interval: 20 },
  );
}

interface Row {
  readonly custom_id: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer of any endpoint.
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: any };
}

async function rowsOf(client: OpenAI, fileId: string | null | undefined): Promise<readonly Row[]> {
  const text = await (await client.files.content(fileId ?? '')).text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

describe('files, by the OpenAI client', () => {
  it('are uploaded, read, listed page by page and deleted', async () => {
    const { client } = await newClient();
    const text = lineOf('a', '/v1/sentiment', { input: 'naïve ☕' });
    const first = await client.files.create({
      file: await toFile(Buffer.from(text), 'résumé "1".jsonl'),
      purpose: 'batch',
    });
    expect(first).toMatchObject({
      object: 'file',
      bytes: Buffer.byteLength(text),
      purpose: 'batch',
      status: 'processed',
    });
    expect(await client.files.retrieve(first.id)).toEqual(first);
    expect(await (await client.files.content(first.id)).text()).toBe(text);
    const second = await upload(client, [text]);
    const third = await upload(client, [text]);
    const seen: string[] = [];
    for await (const file of client.files.list({ limit: 2 })) seen.push(file.id);
    expect(seen).toEqual([third.id, second.id, first.id]);
    expect(await client.files.delete(first.id)).toEqual({ id: first.id, object: 'file', deleted: true });
    await expect(client.files.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('keep every byte of a large one, with a boundary-like text in it', async () => {
    const { client } = await newClient();
    const bytes = Buffer.from('\r\n--\r\n--------x\r\n'.repeat(200_000));
    const { id } = await client.files.create({ file: await toFile(bytes, 'x'), purpose: 'batch' });
    expect(Buffer.from(await (await client.files.content(id)).arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('and batches of another workspace do not exist', async () => {
    const mine = await newClient();
    const other = await newClient();
    const batch = await begin(mine.client, '/v1/sentiment', [
      lineOf('a', '/v1/sentiment', { input: 'good' }),
    ]);
    const done = await ended(mine.client, batch.id);
    for (const id of [batch.input_file_id, done.output_file_id ?? '']) {
      await expect(other.client.files.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
      await expect(other.client.files.content(id)).rejects.toBeInstanceOf(NotFoundError);
      await expect(other.client.files.delete(id)).rejects.toBeInstanceOf(NotFoundError);
      await expect(other.client.files.list({ after: id })).rejects.toBeInstanceOf(NotFoundError);
    }
    await expect(other.client.batches.retrieve(batch.id)).rejects.toBeInstanceOf(NotFoundError);
    await expect(other.client.batches.cancel(batch.id)).rejects.toBeInstanceOf(NotFoundError);
    await expect(other.client.batches.list({ after: batch.id })).rejects.toBeInstanceOf(NotFoundError);
    const input = { input_file_id: batch.input_file_id, completion_window: '24h' } as const;
    await expect(
      other.client.batches.create({ ...input, endpoint: '/v1/embeddings' }),
    ).rejects.toBeInstanceOf(NotFoundError);
    expect((await other.client.files.list()).data).toEqual([]);
    expect((await other.client.batches.list()).data).toEqual([]);
  });

  it.each([
    ['no purpose', { file: 'x' }, 'invalid_request', 'purpose'],
    ['another purpose', { file: 'x', purpose: 'vision' }, 'invalid_request', 'purpose'],
    ['no file', { purpose: 'batch' }, 'invalid_request', 'file'],
    ['an empty file', { file: '', purpose: 'batch' }, 'invalid_request', 'file'],
    ['an unknown part', { file: 'x', purpose: 'batch', more: '1' }, 'unknown_field', null],
  ])('are refused with %s, and nothing of them is kept', async (_, parts, code, param) => {
    const { key, workspaceId } = await newClient();
    const form = new FormData();
    for (const [name, text] of Object.entries(parts)) {
      if (name === 'file') form.append(name, new Blob([text]), 'x.jsonl');
      else form.append(name, text);
    }
    const answer = await call(door, { key, path: '/v1/files', rawBody: form, contentType: null });
    expect(answer).toMatchObject({ status: 400, json: { error: { code, param } } });
    expect(await readdir(path.join(blobsDir, workspaceId))).toEqual([]);
  });

  it.each([
    ['application/json', '{}', 415],
    ['multipart/form-data', 'x', 415],
    ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="file"\r\n\r\ncut', 400],
    ['multipart/form-data; boundary=x', '', 400],
  ])('are refused as %s: %j', async (contentType, rawBody, status) => {
    const { key } = await newClient();
    expect(await call(door, { key, path: '/v1/files', rawBody, contentType })).toMatchObject({ status });
  });

  it('need a key that may use them, before any byte is kept', async () => {
    const { workspaceId } = await newClient();
    const { key } = await createApiKey(database.prisma, { workspaceId, scopes: ['sentiment'] });
    const form = new FormData();
    form.append('file', new Blob(['x']), 'x');
    const answer = await call(door, { key, path: '/v1/files', rawBody: form, contentType: null });
    expect(answer).toMatchObject({ status: 403, json: { error: { code: 'scope_missing' } } });
    expect(await readdir(blobsDir)).not.toContain(workspaceId);
  });
});

describe('a batch', () => {
  it.each([
    ['/v1/sentiment', { input: 'good' }, { object: 'sentiment' }],
    [
      '/v1/chat/completions',
      { model: 'text-1', messages: [{ role: 'user', content: 'hi' }], max_tokens: 4 },
      { object: 'chat.completion' },
    ],
    ['/v1/images/classify', { input: { base64: picture } }, { object: 'image_classification' }],
    ['/v1/embeddings', { input: { base64: picture } }, { object: 'list' }],
    ['/v1/completions', { model: 'text-1', prompt: 'hi', max_tokens: 4 }, { object: 'text_completion' }],
  ])('of %s answers each line, bills it, and counts', async (endpoint, body, answer) => {
    const { client, workspaceId } = await newClient();
    const lines = Array.from({ length: 70 }, (_, i) => lineOf(`line-${i}`, endpoint, body));
    const begun = await begin(client, endpoint, [...lines, lineOf('bad', endpoint, { wrong: true })]);
    expect(begun).toMatchObject({ object: 'batch', endpoint, metadata: { run: 'nightly' } });
    const batch = await ended(client, begun.id);
    expect(batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 71, completed: 70, failed: 1 },
    });
    const rows = await rowsOf(client, batch.output_file_id);
    expect(new Set(rows.map((row) => row.custom_id)).size).toBe(70);
    expect(rows).toHaveLength(70);
    for (const { response } of rows) expect(response).toMatchObject({ status_code: 200, body: answer });
    const [failure, ...more] = await rowsOf(client, batch.error_file_id);
    expect(failure).toMatchObject({ custom_id: 'bad', response: { status_code: 400, body: { error: {} } } });
    expect(more).toEqual([]);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({
      ledger: 70,
      rolled: 70,
      heldRequests: 0,
    });
    expect(await database.prisma.batchLine.count({ where: { batchId: batch.id } })).toBe(0);
  });

  it('with a broken line 40,000 runs none, and says which line it is', { timeout: 60_000 }, async () => {
    const { client, workspaceId } = await newClient();
    const lines = Array.from({ length: 50_000 }, (_, i) =>
      i === 39_999 ? '{"custom_id":' : lineOf(`line-${i}`, '/v1/sentiment', { input: 'good' }),
    );
    const batch = await ended(client, (await begin(client, '/v1/sentiment', lines)).id);
    expect(batch).toMatchObject({
      status: 'failed',
      errors: { data: [{ code: 'invalid_json', line: 40_000 }] },
      output_file_id: null,
    });
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 0 });
  });

  it.each([
    [
      'a custom_id twice',
      [lineOf('a', '/v1/sentiment', {}), lineOf('a', '/v1/sentiment', {})],
      2,
      'custom_id',
    ],
    ['another url', [lineOf('a', '/v1/embeddings', {})], 1, 'url'],
    ['a batch in it', [lineOf('a', '/v1/batches', {})], 1, 'url'],
    ['a stream', [lineOf('a', '/v1/sentiment', { stream: true })], 1, 'body.stream'],
    ['no body', ['{"custom_id":"a","method":"POST","url":"/v1/sentiment"}'], 1, 'body'],
    ['no object', ['[]'], 1, null],
    ['only blank lines', ['', ' ', ''], null, null],
  ])('with %s fails', async (_, lines, line, param) => {
    const { client } = await newClient();
    const batch = await ended(client, (await begin(client, '/v1/sentiment', lines)).id);
    expect(batch).toMatchObject({ status: 'failed', errors: { data: [{ line, param }] } });
  });

  it('is refused for batches, for a batch’s own output, and for what is no file', async () => {
    const { client, key } = await newClient();
    const done = await ended(
      client,
      (await begin(client, '/v1/sentiment', [lineOf('a', '/v1/sentiment', { input: 'good' })])).id,
    );
    const ask = (body: object) =>
      call(door, { key, path: '/v1/batches', body: { completion_window: '24h', ...body } });
    const input_file_id = done.input_file_id;
    expect(await ask({ input_file_id, endpoint: '/v1/batches' })).toMatchObject({
      status: 400,
      json: { error: { param: 'endpoint' } },
    });
    expect(await ask({ input_file_id: done.output_file_id, endpoint: '/v1/sentiment' })).toMatchObject({
      status: 400,
      json: { error: { param: 'input_file_id' } },
    });
    expect(await ask({ input_file_id: 'file-none', endpoint: '/v1/sentiment' })).toMatchObject({
      status: 404,
    });
    expect(await ask({ input_file_id, endpoint: '/v1/sentiment', completion_window: '1h' })).toMatchObject({
      status: 400,
    });
  });

  it('whose quota ends answers what fits, and says so for the rest', async () => {
    const { client, workspaceId } = await newClient({ quotaUnits: 10 });
    const lines = Array.from({ length: 30 }, (_, i) => lineOf(`l${i}`, '/v1/sentiment', { input: 'good' }));
    const batch = await ended(client, (await begin(client, '/v1/sentiment', lines)).id);
    expect(batch.request_counts?.total).toBe(30);
    const books = await readBooks(database.pool, workspaceId);
    expect(books.spent).toBeLessThanOrEqual(10);
    expect(batch.request_counts?.completed).toBe(books.ledger);
    for (const { response } of await rowsOf(client, batch.error_file_id)) {
      expect(response).toMatchObject({ status_code: 429, body: { error: { code: 'insufficient_quota' } } });
    }
  });

  it('whose key is revoked answers no more lines', async () => {
    const { client, keyId, workspaceId } = await newClient();
    const { key: otherKey } = await createApiKey(database.prisma, { workspaceId });
    const other = new OpenAI({ apiKey: otherKey, baseURL: `${url}/v1` });
    const { id } = await upload(client, [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    await database.prisma.apiKey.update({ where: { id: keyId }, data: { revokedAt: new Date() } });
    const { id: batchId } = await database.prisma.batch.create({
      data: {
        id: `batch_${keyId}`,
        workspaceId,
        keyId,
        endpoint: '/v1/sentiment',
        inputFileId: id,
        status: 'validating',
        expiresAt: new Date(Date.now() + 60_000),
      },
    });
    const batch = await ended(other, batchId);
    const rows = await rowsOf(other, batch.error_file_id);
    expect(rows).toMatchObject([
      { response: { status_code: 401, body: { error: { code: 'revoked_api_key' } } } },
    ]);
  });

  it('that is cancelled ends with what was answered, billed, in its output', async () => {
    const { client, workspaceId } = await newClient();
    const lines = Array.from({ length: 5_000 }, (_, i) =>
      lineOf(`l${i}`, '/v1/sentiment', { input: 'good' }),
    );
    const { id } = await begin(client, '/v1/sentiment', lines);
    await vi.waitFor(
      async () => expect((await client.batches.retrieve(id)).request_counts?.completed).toBeGreaterThan(0),
      { timeout: 20_000, interval: 20 },
    );
    await expect(
      client.files.delete((await client.batches.retrieve(id)).input_file_id),
    ).rejects.toMatchObject({
      status: 409,
    });
    expect((await client.batches.cancel(id)).status).toBe('cancelling');
    const batch = await ended(client, id);
    expect(batch.status).toBe('cancelled');
    expect(batch.request_counts?.completed).toBeLessThan(5_000);
    expect(await rowsOf(client, batch.output_file_id)).toHaveLength(batch.request_counts?.completed ?? 0);
    expect((await readBooks(database.pool, workspaceId)).ledger).toBe(batch.request_counts?.completed);
    expect((await client.batches.cancel(id)).status).toBe('cancelled');
  });

  it('of a key that restricts addresses runs from where it was made, and keeps the address no longer', async () => {
    const { client, keyId } = await newClient();
    await database.prisma.apiKey.update({ where: { id: keyId }, data: { allowedAddresses: ['127.0.0.1'] } });
    const { id } = await begin(client, '/v1/sentiment', [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    expect((await ended(client, id)).request_counts).toMatchObject({ completed: 1, failed: 0 });
    expect(await database.prisma.batch.findUnique({ where: { id } })).toMatchObject({ address: '' });
  });

  it('that has expired says so for each line that was not run', async () => {
    const { client, workspaceId, keyId } = await newClient();
    const { id } = await upload(client, [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    await database.prisma.batch.create({
      data: {
        id: `batch_x${keyId}`,
        workspaceId,
        keyId,
        endpoint: '/v1/sentiment',
        inputFileId: id,
        status: 'validating',
        expiresAt: new Date(Date.now() - 1_000),
      },
    });
    const batch = await ended(client, `batch_x${keyId}`);
    expect(batch.status).toBe('expired');
    expect(await rowsOf(client, batch.error_file_id)).toMatchObject([
      { custom_id: 'a', response: null, error: { code: 'batch_expired' } },
    ]);
  });
});
