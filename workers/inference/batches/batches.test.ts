import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { batchesEndpoints } from '../endpoints/batches.ts';
import {
  type BatchesUnderTest,
  begin,
  ended,
  lineOf,
  rowsOf,
  startBatches,
  upload,
} from '../testing/batches-under-test.ts';
import { readBooks } from '../testing/books.ts';
import { call, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { png } from '../testing/pictures.ts';

const picture = png.toString('base64');
const toldOf = (workspaceId: string) =>
  database.prisma.webhookEvent.findMany({ where: { workspaceId }, orderBy: { id: 'asc' } });

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
    const { client, workspaceId } = await under.newClient();
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
    const events = await toldOf(workspaceId);
    expect(events.map(({ payload }) => JSON.parse(payload) as unknown)).toMatchObject([
      { object: 'event', type: 'batch.completed', data: { id: batch.id } },
    ]);
  });

  it('with a broken line 40,000 runs none, and says which line it is', { timeout: 60_000 }, async () => {
    const { client, workspaceId } = await under.newClient();
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
    expect(await toldOf(workspaceId)).toMatchObject([{ type: 'batch.failed' }]);
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
    const { client } = await under.newClient();
    const batch = await ended(client, (await begin(client, '/v1/sentiment', lines)).id);
    expect(batch).toMatchObject({ status: 'failed', errors: { data: [{ line, param }] } });
  });

  it('is refused where no model answers its path, and a line of one that got there fails', async () => {
    const { client, key, workspaceId } = await under.newClient();
    const { id: input_file_id } = await upload(client, [lineOf('a', '/v1/chat/completions', {})]);
    const { prisma: db } = database;
    const serves = (path: string) => path !== '/v1/chat/completions' && path !== '/v1/completions';
    const door = gatewayUnderTest(database, {
      generating: [],
      free: batchesEndpoints({ db, clock: systemClock, serves }),
    });
    const body = { input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h' };
    const refused = await call(door, { key, path: '/v1/batches', body });
    expect(refused).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_request', param: 'endpoint' } },
    });
    expect(refused.json.error.message).toContain('/v1/sentiment');
    expect(refused.json.error.message).not.toContain('/v1/completions');
    expect(await db.batch.count({ where: { workspaceId } })).toBe(0);

    const { signal } = new AbortController();
    const line = { path: '/v1/chat/completions', body: '{}', keyId: 'none', keyHash: Buffer.alloc(0) };
    const answer = await door.gateway.runLine({ ...line, address: '', requestId: newRequestId(), signal });
    expect(answer).toMatchObject({ status: 404, settle: null });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'not_found' } });
  });

  it('is refused for batches, for a batch’s own output, and for what is no file', async () => {
    const { client, key } = await under.newClient();
    const done = await ended(
      client,
      (await begin(client, '/v1/sentiment', [lineOf('a', '/v1/sentiment', { input: 'good' })])).id,
    );
    const ask = (body: object) =>
      call(under.door, { key, path: '/v1/batches', body: { completion_window: '24h', ...body } });
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
});
