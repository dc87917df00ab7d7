import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { NotFoundError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey } from '#server/testing/factories.ts';
import {
  type BatchesUnderTest,
  begin,
  ended,
  lineOf,
  startBatches,
  upload,
} from './testing/batches-under-test.ts';
import { call } from './testing/gateway-under-test.ts';

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
