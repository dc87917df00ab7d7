import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Idempotency } from '#server/domain/idempotency/idempotency.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace, type WorkspaceOptions } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { png } from '../testing/pictures.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let workspaceId: string;
let key: string;
let name: string;

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database);
});
beforeEach(() => customer());
afterAll(() => database.drop());

async function customer(options: WorkspaceOptions = {}) {
  workspaceId = (await createWorkspace(database.prisma, options)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  name = randomUUID();
}

const send = (options: CallOptions = {}, at: GatewayUnderTest = door) =>
  call(at, { key, ...options, headers: { 'idempotency-key': name, ...options.headers } });
const codeOf = ({ status, json }: Awaited<ReturnType<typeof call>>) => [status, json.error?.code ?? 'ok'];
const answered = [200, 'ok'];
const completed = [409, 'already_completed'];
const stored = () => database.prisma.idempotencyKey.findMany({ where: { keyId: key.split('_')[2] ?? '' } });
/** As if so much time had passed. */
const age = (column: 'claimed_until' | 'expires_at') =>
  database.pool.query(
    `UPDATE idempotency_keys SET ${column} = now() - interval '1 second' WHERE key_id = $1`,
    [key.split('_')[2]],
  );

describe('an Idempotency-Key', () => {
  it('lets one of twenty requests at once succeed, over several gateways, billed once', async () => {
    const other = gatewayUnderTest(database);
    const slow = { model: { latencyMs: 30 } };
    const doors = [gatewayUnderTest(database, slow), gatewayUnderTest(database, slow), door, other];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => send({}, doors[i % doors.length] ?? door)),
    );
    const codes = answers.map((answer) => codeOf(answer).join(' '));
    expect(codes.filter((code) => code === '200 ok')).toHaveLength(1);
    expect(new Set(codes)).toEqual(
      new Set([
        '200 ok',
        ...codes.filter((code) => /^409 (idempotency_key_in_use|already_completed)$/.test(code)),
      ]),
    );
    const waiting = answers.find(({ json }) => json.error?.code === 'idempotency_key_in_use');
    expect(waiting?.headers.get('retry-after')).toBe('1');
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({
      ledger: 1,
      rolled: 1,
      heldUnits: 0,
      heldRequests: 0,
      holds: 0,
    });
  });

  it('that was answered gets the receipt, and is told not to come back', async () => {
    const first = await send();
    const again = await send();
    expect(codeOf(again)).toEqual(completed);
    expect(again.headers.get('x-should-retry')).toBe('false');
    expect(again.headers.get('x-request-id')).not.toBe(first.json.id);
    const path = `/v1/usage/receipts/${first.json.id}`;
    const { json: receipt } = await call(door, { method: 'GET', path, key });
    expect(again.json.error).toMatchObject({
      param: 'Idempotency-Key',
      type: 'invalid_request_error',
      receipt,
    });
    expect(receipt.units).toBe(first.json.usage.units);
  });

  it('is the same quoted and bare', async () => {
    expect(codeOf(await send({ headers: { 'idempotency-key': `"${name}"` } }))).toEqual(answered);
    expect(codeOf(await send())).toEqual(completed);
  });

  it('is refused with another body or path', async () => {
    await send();
    expect(codeOf(await send({ body: { input: 'other' } }))).toEqual([422, 'idempotency_key_reused']);
    const path = '/v1/explanations';
    expect(codeOf(await send({ path }))).toEqual([422, 'idempotency_key_reused']);
  });

  it('of another API key is another one', async () => {
    await send();
    const other = await createApiKey(database.prisma, { workspaceId });
    expect(codeOf(await send({ key: other.key }))).toEqual(answered);
  });

  it.each([
    ['a text, whose seed is drawn anew', { path: '/v1/text/generate', body: { prompt: 'a', max_tokens: 2 } }],
    [
      'a stream',
      { path: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'a' }], stream: true } },
    ],
    ['an explanation', { path: '/v1/explanations', body: { input: 'good and bad' } }],
  ])('is kept for %s', async (_name, options) => {
    expect((await send(options)).status).toBe(200);
    expect(codeOf(await send(options))).toEqual(completed);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 1, holds: 0 });
  });

  it('is kept on Hugging Face’s paths, and told in their shape', async () => {
    const options = { path: '/models/sentiment-1', body: { inputs: 'good' } };
    const first = await send(options);
    expect(first.status).toBe(200);
    const { status, json } = await send(options);
    expect(status).toBe(409);
    expect(json).toMatchObject({
      error: expect.any(String),
      code: 'already_completed',
      receipt: { id: first.headers.get('x-request-id') },
    });
  });

  it('is kept for a form, which is sent again with another boundary', async () => {
    const form = () => {
      const made = new FormData();
      made.append('image', new Blob([Buffer.from(png)]), 'a.png');
      return { path: '/v1/images/classify', rawBody: made, contentType: null };
    };
    expect(codeOf(await send(form()))).toEqual(answered);
    expect(codeOf(await send(form()))).toEqual(completed);
  });

  it.each([
    ['the model failed', {}],
    ['a text failed', { path: '/v1/text/generate', body: { prompt: 'a' } }],
  ])('is free again where %s', async (_name, options) => {
    const failing = { model: { failOn: () => true }, generator: { failAfter: () => 1 } };
    expect((await send(options, gatewayUnderTest(database, failing))).status).toBe(503);
    expect(await stored()).toEqual([]);
    expect(codeOf(await send(options))).toEqual(answered);
  });

  it('is free again where a stream failed', async () => {
    const options = { path: '/v1/text/generate', body: { prompt: 'a', stream: true } };
    const failing = gatewayUnderTest(database, { generator: { failAfter: () => 1 } });
    expect((await send(options, failing)).text).toContain('model_unavailable');
    await eventually(async () => expect(await stored()).toEqual([]));
    expect((await send(options)).status).toBe(200);
  });

  it('is free again where the request was not admitted, and never taken by one that is wrong', async () => {
    await customer({ quotaUnits: 0 });
    expect(codeOf(await send())).toEqual([429, 'insufficient_quota']);
    expect(await stored()).toEqual([]);
    await customer();
    expect((await send({ body: { input: '' } })).status).toBe(400);
    expect(await stored()).toEqual([]);
    expect(codeOf(await send())).toEqual(answered);
  });

  it('of a gateway that died is taken over after a while, but not where the ledger has it', async () => {
    const { json } = await send();
    await age('claimed_until');
    expect(codeOf(await send())).toEqual(completed);
    await database.prisma.idempotencyKey.updateMany({
      where: { keyId: key.split('_')[2] ?? '' },
      data: { requestId: randomUUID() },
    });
    expect(codeOf(await send())).toEqual(answered);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 2 });
    expect(json.id).toMatch(/^req_/);
  });

  it('is in flight until then', async () => {
    await send();
    await database.prisma.idempotencyKey.updateMany({
      where: { keyId: key.split('_')[2] ?? '' },
      data: { requestId: randomUUID() },
    });
    expect(codeOf(await send())).toEqual([409, 'idempotency_key_in_use']);
  });

  it('is a new one after a day', async () => {
    await send();
    const [row] = await stored();
    expect(Math.abs(Number(row?.expiresAt) - Date.now() - 24 * 60 * 60 * 1_000)).toBeLessThan(60_000);
    await age('expires_at');
    expect(codeOf(await send({ body: { input: 'other' } }))).toEqual(answered);
  });

  it('tells nothing to a key that was revoked, or lacks the scope', async () => {
    await send();
    await database.prisma.apiKey.updateMany({ where: { workspaceId }, data: { scopes: ['models:read'] } });
    expect(codeOf(await send())).toEqual([403, 'scope_missing']);
    await database.prisma.apiKey.updateMany({ where: { workspaceId }, data: { revokedAt: new Date() } });
    expect(codeOf(await send())).toEqual([401, 'revoked_api_key']);
  });

  it('sent again counts against the rate', async () => {
    await send();
    const left = async () => Number((await send()).headers.get('x-ratelimit-remaining-requests'));
    await customer({ requestsPerMinute: 3 });
    await send();
    expect([await left(), await left()]).toEqual([1, 0]);
    expect(codeOf(await send())).toEqual([429, 'rate_limit_exceeded']);
  });

  it('is not stored, nor is what was sent', async () => {
    name = 'CANARYname';
    await send({ body: { input: 'CANARYinput' } });
    const { rows } = await database.pool.query('SELECT idempotency_keys::text AS row FROM idempotency_keys');
    const text = JSON.stringify(rows);
    expect(text).not.toContain('CANARY');
    expect(text).not.toContain(Buffer.from('CANARY').toString('hex'));
    expect(text).not.toContain(key.slice(-20));
  });

  it('that is none is refused', async () => {
    const answer = await send({ headers: { 'idempotency-key': 'a b' } });
    expect(codeOf(answer)).toEqual([400, 'invalid_request']);
    expect(answer.json.error.param).toBe('Idempotency-Key');
  });

  it('without the database runs nothing; without the header the database is not asked', async () => {
    const away: Idempotency = {
      claim: () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:1')),
      release: () => Promise.reject(new Error('never called')),
    };
    const cut = gatewayUnderTest(database, { idempotency: away });
    const refused = await send({}, cut);
    expect(codeOf(refused)).toEqual([503, 'database_unavailable']);
    expect(refused.text).not.toContain('ECONNREFUSED');
    expect((await call(cut, { key })).status).toBe(200);
  });
});
