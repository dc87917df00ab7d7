import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePublicRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { call, type GatewayUnderTest, gatewayUnderTest, webUrl } from '../testing/gateway-under-test.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database, {
    model: {
      refuseOn: (text) => text.startsWith('long'),
      failOn: (text) => text === 'crash',
      contextTokens: 7,
    },
  });
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(() => database.drop());

const ledgerRow = async (publicId: string) =>
  database.prisma.usageRecord.findUnique({ where: { id: parsePublicRequestId(publicId) ?? '' } });

describe('POST /v1/sentiment', () => {
  it('answers one text, and the ledger has it before the answer', async () => {
    const answer = await call(door, { key, body: { input: 'good' } });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      object: 'sentiment',
      model: 'sentiment-1',
      data: [{ index: 0, label: expect.stringMatching(/^(negative|neutral|positive)$/) }],
      usage: { input_tokens: 1, units: 1, price_micro_usd: 1 },
    });
    expect(answer.json.data[0]).not.toHaveProperty('truncated');
    expect(answer.headers.get('x-request-id')).toBe(answer.json.id);
    expect(await ledgerRow(answer.json.id)).toMatchObject({
      workspaceId,
      task: 'sentiment',
      modelVersion: 'sentiment-1@fake0000',
      statusClass: 2,
      inputUnits: 1n,
      priceMicroUsd: 1n,
      priceVersion: 1,
      unit: 'token',
    });
  });

  it('answers a list in its order and bills each text', async () => {
    const { json } = await call(door, { key, body: { input: ['a', 'b', 'c'] } });
    expect(json.data.map((entry: { index: number }) => entry.index)).toEqual([0, 1, 2]);
    expect(json.usage).toEqual({ input_tokens: 3, units: 3, price_micro_usd: 3 });
  });

  it('tells the rate windows in both dialects', async () => {
    const { headers } = await call(door, { key });
    expect(headers.get('ratelimit-policy')).toBe('"requests";q=120000;w=60, "units";q=60000000;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"requests";r=\d+;t=\d+, "units";r=\d+;t=\d+$/);
    expect(headers.get('x-ratelimit-limit-requests')).toBe('120000');
    expect(Number(headers.get('x-ratelimit-remaining-requests'))).toBeLessThan(120_000);
    expect(headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+(\.\d+)?m?s$/);
    expect(headers.get('x-ratelimit-limit-tokens')).toBe('60000000');
  });

  it('says whether a text was cut, where truncate was asked for', async () => {
    const { json } = await call(door, { key, body: { input: ['long one', 'short'], truncate: true } });
    expect(json.data.map((entry: { truncated: boolean }) => entry.truncated)).toEqual([true, false]);
  });

  it('refuses a text longer than the context with its field, and bills nothing', async () => {
    const answer = await call(door, { key, body: { input: ['short', 'long one'] } });
    expect(answer.status).toBe(422);
    expect(answer.json.error).toMatchObject({ code: 'input_too_long', param: 'input[1]' });
    expect(answer.json.error.message).toContain('7');
    expect(await ledgerRow(answer.headers.get('x-request-id') ?? '')).toMatchObject({
      statusClass: 4,
      inputUnits: 0n,
      priceMicroUsd: 0n,
    });
  });

  it('answers null for a label that is less probable than asked', async () => {
    const { json } = await call(door, { key, body: { input: 'good', abstain_below: 1 } });
    expect(json.data[0].label).toBeNull();
  });

  it('bills nothing when the model fails', async () => {
    const answer = await call(door, { key, body: { input: 'crash' } });
    expect(answer.status).toBe(503);
    expect(answer.json.error).toMatchObject({ code: 'model_unavailable', type: 'server_error', param: null });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await ledgerRow(answer.headers.get('x-request-id') ?? '')).toMatchObject({
      statusClass: 5,
      inputUnits: 0n,
      priceMicroUsd: 0n,
    });
    expect(await heldRequests()).toBe(0);
  });

  it('does not let a failing text fail its neighbours in the batch', async () => {
    const answers = await Promise.all(
      ['a', 'crash', 'b'].map((input) => call(door, { key, body: { input } })),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 503, 200]);
  });

  it('releases the hold of a caller that hangs up while the model runs', async () => {
    const slow = gatewayUnderTest(database, { model: { latencyMs: 200 } });
    const leaving = new AbortController();
    const answer = call(slow, { key, signal: leaving.signal });
    setTimeout(() => leaving.abort(), 60);
    await answer;
    expect(await heldRequests()).toBe(0);
    expect(slow.logged.at(-1)?.fields).toMatchObject({ status: 499, code: 'client_closed' });
    expect(
      await database.prisma.usageRecord.count({ where: { statusClass: 4, inputUnits: 0n } }),
    ).toBeGreaterThan(0);
  });

  it('gives up on a model that does not answer in time, without billing', async () => {
    const stuck = gatewayUnderTest(database, { model: { latencyMs: 60_000 }, requestTimeoutMs: 50 });
    const answer = await call(stuck, { key });
    expect(answer.status).toBe(503);
    expect(answer.json.error.code).toBe('overloaded');
    expect(await heldRequests()).toBe(0);
  });

  it('withholds an answer whose hold expired, and bills nothing', async () => {
    const late = gatewayUnderTest(database, { model: { latencyMs: 200 }, holdMs: 100 });
    const answer = call(late, { key });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await database.pool.query('SELECT reap_expired_holds()');
    const { status, json, headers } = await answer;
    expect(status).toBe(503);
    expect(json.error.code).toBe('answer_withheld');
    expect(await ledgerRow(headers.get('x-request-id') ?? '')).toBeNull();
  });
});

describe('GET /v1/models', () => {
  it('lists the models to a key with the scope, and holds nothing', async () => {
    const answer = await call(door, { key, method: 'GET', path: '/v1/models' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      object: 'list',
      data: [
        {
          id: 'sentiment-1',
          object: 'model',
          created: 1793491200,
          owned_by: 'modelyard',
          tasks: ['sentiment'],
          card: `${webUrl}/models/sentiment`,
        },
        {
          id: 'image-1',
          object: 'model',
          created: 1793491200,
          owned_by: 'modelyard',
          tasks: ['image-classification', 'embedding'],
          card: null,
        },
        {
          id: 'text-embedding-1',
          object: 'model',
          created: 1793491200,
          owned_by: 'modelyard',
          tasks: ['embedding'],
          card: null,
        },
        {
          id: 'text-1',
          object: 'model',
          created: 1793491200,
          owned_by: 'modelyard',
          tasks: ['text-generation'],
          card: null,
        },
      ],
      has_more: false,
    });
    expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('120000');
    expect(await heldRequests()).toBe(0);
  });

  it('has each of them at a path of its own, as the list has it', async () => {
    const list = await call(door, { key, method: 'GET', path: '/v1/models' });
    for (const model of list.json.data) {
      const path = `/v1/models/${encodeURIComponent(model.id)}`;
      expect((await call(door, { key, method: 'GET', path })).json).toEqual(model);
    }
  });

  it.each(['gpt-4', '%D0%BC%D0%BE%D0%B4%D0%B5%D0%BB%D1%8C', 'org%2Fmodel', '%E0%A4'])(
    'knows no %s',
    async (id) => {
      const { status, json } = await call(door, { key, method: 'GET', path: `/v1/models/${id}` });
      expect([status, json.error.code, json.error.param]).toEqual([404, 'not_found', 'model']);
    },
  );

  it('refuses a call without a key', async () => {
    expect((await call(door, { method: 'GET', path: '/v1/models/text-1' })).status).toBe(401);
    expect((await call(door, { method: 'GET', path: '/v1/models' })).status).toBe(401);
  });
});

describe('from the browser', () => {
  it("lets the console's origin read the answer, and no other", async () => {
    const own = await call(door, { key, headers: { origin: webUrl } });
    expect(own.headers.get('access-control-allow-origin')).toBe(webUrl);
    expect(own.headers.get('access-control-expose-headers')).toContain('x-request-id');
    const other = await call(door, { key, headers: { origin: 'http://evil.example.com' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers a preflight', async () => {
    const headers = {
      origin: webUrl,
      'access-control-request-method': 'POST',
      'access-control-request-headers':
        'authorization,content-type,x-stainless-lang,x-other,user-agent,openai-project',
    };
    const answer = await call(door, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      'authorization, content-type, x-stainless-lang, user-agent, openai-project',
    );
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE');
    const other = await call(door, {
      method: 'OPTIONS',
      headers: { ...headers, origin: 'http://evil.example.com' },
    });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});

async function heldRequests(): Promise<number> {
  const allowance = await database.prisma.allowance.findUniqueOrThrow({ where: { workspaceId } });
  return allowance.heldRequests;
}
