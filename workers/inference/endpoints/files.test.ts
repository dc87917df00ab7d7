import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { NotFoundError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileLimits } from '#server/domain/rate-limits/limits.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey } from '#server/testing/factories.ts';
import {
  type BatchesUnderTest,
  begin,
  ended,
  lineOf,
  startBatches,
  upload,
} from '../testing/batches-under-test.ts';
import { call, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { batchesEndpoints } from './batches.ts';
import { fileEndpoints } from './files.ts';

let database: TestDatabase;
let under: BatchesUnderTest;
beforeAll(async () => {
  database = await createTestDatabase();
  under = await startBatches(database);
});
afterAll(async () => {
  await under.close();
  await database.drop();
});

const waitingForLocks = async () => {
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.count;
};

const expiring = (anchor: string, seconds: string) => ({
  file: 'x',
  purpose: 'batch',
  'expires_after[anchor]': anchor,
  'expires_after[seconds]': seconds,
});

describe('files, by the OpenAI client', () => {
  it('are uploaded, read, listed page by page and deleted', async () => {
    const { client } = await under.newClient();
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
    const { client } = await under.newClient();
    const bytes = Buffer.from('\r\n--\r\n--------x\r\n'.repeat(200_000));
    const { id } = await client.files.create({ file: await toFile(bytes, 'x'), purpose: 'batch' });
    expect(Buffer.from(await (await client.files.content(id)).arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('are kept for as long as was asked', async () => {
    const { client } = await under.newClient();
    const file = await toFile(Buffer.from('x'), 'x.jsonl');
    const kept = async (seconds?: number) => {
      const asked = seconds ? { expires_after: { anchor: 'created_at', seconds } as const } : {};
      const made = await client.files.create({ file, purpose: 'batch', ...asked });
      return (made.expires_at ?? 0) - made.created_at;
    };
    expect(await kept(3_600)).toBe(3_600);
    expect(await kept(2_592_000)).toBe(2_592_000);
    expect(await kept()).toBe(2_592_000);
  });

  it('and batches of another workspace do not exist', async () => {
    const mine = await under.newClient();
    const other = await under.newClient();
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
    ['too short a life', expiring('created_at', '3599'), 'invalid_request', 'expires_after'],
    ['too long a life', expiring('created_at', '2592001'), 'invalid_request', 'expires_after'],
    ['a life of no number', expiring('created_at', 'NaN'), 'invalid_request', 'expires_after'],
    ['another anchor', expiring('last_active_at', '3600'), 'invalid_request', 'expires_after'],
    [
      'half a life',
      { file: 'x', purpose: 'batch', 'expires_after[seconds]': '3600' },
      'invalid_request',
      'expires_after',
    ],
    ['a life in one part', { file: 'x', purpose: 'batch', expires_after: '{}' }, 'unknown_field', null],
    ['an unknown part', { file: 'x', purpose: 'batch', more: '1' }, 'unknown_field', null],
  ])('are refused with %s, and nothing of them is kept', async (_, parts, code, param) => {
    const { key, workspaceId } = await under.newClient();
    const form = new FormData();
    for (const [name, text] of Object.entries(parts)) {
      if (name === 'file') form.append(name, new Blob([text]), 'x.jsonl');
      else form.append(name, text);
    }
    const answer = await call(under.door, { key, path: '/v1/files', rawBody: form, contentType: null });
    expect(answer).toMatchObject({ status: 400, json: { error: { code, param } } });
    expect(await readdir(path.join(under.blobsDir, workspaceId))).toEqual([]);
  });

  it.each([
    ['application/json', '{}', 415],
    ['multipart/form-data', 'x', 415],
    ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="file"\r\n\r\ncut', 400],
    ['multipart/form-data; boundary=x', '', 400],
  ])('are refused as %s: %j', async (contentType, rawBody, status) => {
    const { key } = await under.newClient();
    expect(await call(under.door, { key, path: '/v1/files', rawBody, contentType })).toMatchObject({
      status,
    });
  });

  it('are as large as was said, whatever the form around them adds, and no larger', async () => {
    const { key } = await under.newClient();
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const send = (bytes: number) => {
      const parts = [
        ...(function* () {
          for (let left = bytes; left > 0; left -= mebibyte.length) yield mebibyte.subarray(0, left);
        })(),
      ];
      const form = new FormData();
      form.append('purpose', 'batch');
      form.append('file', new Blob(parts), 'x.jsonl');
      return call(under.door, { key, path: '/v1/files', rawBody: form, contentType: null });
    };
    const whole = await send(fileLimits.bytesMax);
    expect(whole).toMatchObject({ status: 200, json: { bytes: fileLimits.bytesMax } });
    expect(await send(fileLimits.bytesMax + 1)).toMatchObject({
      status: 413,
      json: { error: { code: 'payload_too_large', param: 'file' } },
    });
  });

  it('of one workspace that never come to their end keep no other from uploading', async () => {
    const [slow, other] = [await under.newClient(), await under.newClient()];
    const most = fileLimits.uploadsAtOncePerWorkspaceMax;
    const open: ReadableStreamDefaultController<Uint8Array>[] = [];
    const begin = () => {
      const rawBody = new ReadableStream<Uint8Array>({ start: (controller) => void open.push(controller) });
      const contentType = 'multipart/form-data; boundary=x';
      return call(under.door, { key: slow.key, path: '/v1/files', rawBody, contentType });
    };
    const begun = Array.from({ length: fileLimits.uploadsAtOnceMax }, begin);
    const refused: unknown[] = [];
    for (const one of begun)
      void one.then(({ status, json, headers }) =>
        refused.push([status, json.error.code, headers.get('retry-after')]),
      );
    await eventually(() => expect(refused).toHaveLength(begun.length - most));
    expect(new Set(refused.map(String))).toEqual(new Set(['429,concurrency_limit_exceeded,1']));
    expect(await upload(other.client, ['x'])).toMatchObject({ status: 'processed' });
    for (const controller of open) controller.close();
    await Promise.all(begun);
    expect(await upload(slow.client, ['x'])).toMatchObject({ status: 'processed' });
  });

  it('of more bytes than a workspace may have, as batches write them, let no further batch begin', async () => {
    const { client, workspaceId } = await under.newClient();
    const { id: input_file_id } = await upload(client, [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    const written = { id: `file-${workspaceId}`, workspaceId, purpose: 'batch_output', filename: 'x' };
    const [bytes, expiresAt] = [fileLimits.workspaceBytesMax, new Date(Date.now() + 60_000)];
    await database.prisma.file.create({ data: { ...written, bytes, expiresAt } });
    const begun = { input_file_id, endpoint: '/v1/embeddings', completion_window: '24h' } as const;
    await expect(client.batches.create(begun)).rejects.toMatchObject({ status: 409, code: 'conflict' });
    await database.prisma.file.delete({ where: { id: written.id } });
    expect(await client.batches.create(begun)).toMatchObject({ object: 'batch' });
  });

  it('and batches are told to come back where the database has no connection in time', async () => {
    const { key, client } = await under.newClient();
    const { id: input_file_id } = await upload(client, [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    const db = createPrisma(database.url, { max: 1, applicationName: 'few' });
    const common = { db, clock: systemClock };
    const free = [...fileEndpoints({ ...common, blobs: under.door.blobs }), ...batchesEndpoints(common)];
    const door = gatewayUnderTest(database, { free });
    try {
      const taken = db.$queryRaw`SELECT 1 FROM pg_sleep(4)`.then(() => {});
      const body = { input_file_id, endpoint: '/v1/sentiment', completion_window: '24h' };
      const answers = await Promise.all([
        call(door, { key, path: '/v1/batches', body }),
        call(door, { key, method: 'DELETE', path: `/v1/files/${input_file_id}` }),
      ]);
      for (const { status, json, headers } of answers) {
        expect([status, json.error.code]).toEqual([503, 'database_unavailable']);
        expect(headers.get('retry-after')).toBe('1');
      }
      await taken;
    } finally {
      await db.$disconnect();
    }
    expect(await client.files.retrieve(input_file_id)).toMatchObject({ id: input_file_id });
  });

  it('are deleted, or read by a batch that is made at the same time, never both', async () => {
    const { client, workspaceId, keyId } = await under.newClient();
    const first = await upload(client, [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    const second = await upload(client, [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    const other = await database.pool.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM workspaces WHERE id = $1 FOR UPDATE', [workspaceId]);
      const deleting = client.files.delete(first.id).then(
        () => 'deleted',
        (error: { status: number }) => error.status,
      );
      const making = client.batches
        .create({ input_file_id: second.id, endpoint: '/v1/embeddings', completion_window: '24h' })
        .then(
          () => 'made',
          (error: { status: number }) => error.status,
        );
      await eventually(async () => expect(await waitingForLocks()).toBe(2));
      await other.query(
        `INSERT INTO batches (id, workspace_id, key_id, endpoint, input_file_id, status, expires_at, leased_until)
         VALUES ('batch_' || $2, $1, $2, '/v1/sentiment', $3, 'in_progress', now() + interval '1 day', 'infinity')`,
        [workspaceId, keyId, first.id],
      );
      await other.query('DELETE FROM files WHERE id = $1', [second.id]);
      await other.query('COMMIT');
      expect(await Promise.all([deleting, making])).toEqual([409, 404]);
    } finally {
      other.release();
    }
    expect(await (await client.files.content(first.id)).text()).toContain('custom_id');
  });

  it.each([
    ['/v1/files', 'limit', '0', 'limit is a number from 1 to 10000.'],
    ['/v1/files', 'limit', 'ten', 'limit is a number from 1 to 10000.'],
    ['/v1/files', 'limit', '0x2', 'limit is a number from 1 to 10000.'],
    ['/v1/files', 'limit', '10001', 'limit is a number from 1 to 10000.'],
    ['/v1/files', 'order', 'up', 'order is asc or desc.'],
    ['/v1/batches', 'limit', '1e1', 'limit is a number from 1 to 100.'],
    ['/v1/batches', 'limit', '101', 'limit is a number from 1 to 100.'],
  ])(
    'of %s are not listed by %s=%s, with a sentence of what it may be',
    async (at, param, value, message) => {
      const { key } = await under.newClient();
      const answer = await call(under.door, { key, method: 'GET', path: `${at}?${param}=${value}` });
      expect(answer).toMatchObject({
        status: 400,
        json: { error: { code: 'invalid_request', param, message } },
      });
    },
  );

  it('need a key that may use them, before any byte is kept', async () => {
    const { workspaceId } = await under.newClient();
    const { key } = await createApiKey(database.prisma, { workspaceId, scopes: ['sentiment'] });
    const form = new FormData();
    form.append('file', new Blob(['x']), 'x');
    const answer = await call(under.door, { key, path: '/v1/files', rawBody: form, contentType: null });
    expect(answer).toMatchObject({ status: 403, json: { error: { code: 'scope_missing' } } });
    expect(await readdir(under.blobsDir)).not.toContain(workspaceId);
  });
});
