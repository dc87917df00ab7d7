import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey } from '#server/testing/factories.ts';
import {
  type BatchesUnderTest,
  ended,
  lineOf,
  type NewClient,
  startBatches,
  upload,
} from '../testing/batches-under-test.ts';
import { readBooks } from '../testing/books.ts';
import { call } from '../testing/gateway-under-test.ts';

let database: TestDatabase;
let under: BatchesUnderTest;
let mine: NewClient;
let fileId: string;
let name: string;
beforeAll(async () => {
  database = await createTestDatabase();
  under = await startBatches(database);
});
beforeEach(async () => {
  mine = await under.newClient();
  fileId = (await upload(mine.client, [lineOf('a', '/v1/sentiment', { input: 'good' })])).id;
  name = randomUUID();
});
afterAll(async () => {
  await under.close();
  await database.drop();
});

interface Sent {
  readonly key?: string;
  readonly name?: string;
  readonly body?: object;
  readonly path?: string;
}

const send = ({ path = '/v1/batches', body, ...sent }: Sent = {}) =>
  call(under.door, {
    path,
    key: sent.key ?? mine.key,
    headers: { 'idempotency-key': sent.name ?? name },
    body: { input_file_id: fileId, endpoint: '/v1/sentiment', completion_window: '24h', ...body },
  });
const batches = () => database.prisma.batch.count({ where: { workspaceId: mine.workspaceId } });
const refusal = ({ status, json }: Awaited<ReturnType<typeof call>>) => [status, json.error.code];
const reused = [422, 'idempotency_key_reused'];

describe('a batch with an Idempotency-Key', () => {
  it('is one for twenty requests at once, and its lines are billed once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const ids = new Set(answers.map(({ json }) => json.id as string));
    expect(ids.size).toBe(1);
    for (const id of ids) await ended(mine.client, id);
    expect(await batches()).toBe(1);
    expect(await readBooks(database.pool, mine.workspaceId)).toMatchObject({ ledger: 1, heldRequests: 0 });
  });

  it('is given again as it has become, also where its file is gone', async () => {
    const { json: made } = await send();
    await ended(mine.client, made.id);
    await mine.client.files.delete(fileId);
    expect((await send()).json).toMatchObject({ id: made.id, status: 'completed' });
    expect((await send({ name: `"${name}"` })).json.id).toBe(made.id);
  });

  it('keeps its name from another request, on its path and on others, and from no other key', async () => {
    const { json: made } = await send();
    expect(refusal(await send({ body: { metadata: { run: 'other' } } }))).toEqual(reused);
    const headers = { 'idempotency-key': name };
    expect(refusal(await call(under.door, { key: mine.key, headers }))).toEqual(reused);
    const { key } = await createApiKey(database.prisma, { workspaceId: mine.workspaceId });
    const other = await send({ key });
    expect([other.status, other.json.id === made.id]).toEqual([200, false]);
    expect(await batches()).toBe(2);
  });

  it('does not get the name of a call that was answered', async () => {
    const headers = { 'idempotency-key': name };
    expect((await call(under.door, { key: mine.key, headers })).status).toBe(200);
    expect(refusal(await send())).toEqual(reused);
    expect(await batches()).toBe(0);
  });

  it('leaves the name free where it is refused, and after a day', async () => {
    expect(refusal(await send({ body: { input_file_id: 'file-none' } }))).toEqual([404, 'not_found']);
    const { json: made } = await send();
    expect(made.object).toBe('batch');
    await database.pool.query(
      `UPDATE idempotency_keys SET expires_at = now() - interval '1 second', claimed_until = expires_at
       WHERE key_id = $1`,
      [mine.keyId],
    );
    const { status, json } = await send();
    expect([status, json.id === made.id]).toEqual([200, false]);
  });

  it('refuses a name that is none, and makes nothing', async () => {
    const answer = await send({ name: 'with blanks' });
    expect([...refusal(answer), answer.json.error.param]).toEqual([
      400,
      'invalid_request',
      'Idempotency-Key',
    ]);
    expect(await batches()).toBe(0);
  });
});
