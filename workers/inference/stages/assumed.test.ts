import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parsePublicRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { png } from '../testing/pictures.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let keyId: string;
let workspaceId: string;
const asked: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  door = gatewayUnderTest(database, {
    model: { failOn: (text) => text === 'fail', refuseOn: (text) => text === 'refuse' },
  });
  ({ id: workspaceId } = await createWorkspace(database.prisma, { concurrencyMax: 1_000 }));
  ({ key, id: keyId } = await createApiKey(database.prisma, { workspaceId }));
  const query = database.pool.query.bind(database.pool);
  vi.spyOn(database.pool, 'query').mockImplementation(((config: { name?: string }, ...rest: []) => {
    if (config.name) asked.push(config.name);
    return query(config as never, ...rest);
  }) as never);
});
afterEach(() => vi.restoreAllMocks());

const send = (options: CallOptions = {}) => call(door, { key, ...options });

async function rowOf({ headers }: { readonly headers: Headers }) {
  const id = parsePublicRequestId(headers.get('x-request-id') ?? '') ?? '';
  return database.prisma.usageRecord.findUnique({ where: { id } });
}

/** Calls of the database by what is asked the second time. */
async function callsOfSecond(options: CallOptions = {}): Promise<readonly string[]> {
  expect((await send(options)).status).toBe(200);
  asked.length = 0;
  expect((await send(options)).status).toBe(200);
  return asked.splice(0);
}

describe('a request whose like was let through', () => {
  const once = ['admit_and_settle_of_key'];
  const picture = { base64: png.toString('base64') };

  it.each<[string, CallOptions]>([
    ['texts', {}],
    ['a list of texts', { body: { input: ['good', 'bad'] } }],
    ['pictures', { path: '/v1/images/classify', body: { input: picture } }],
    ['embeddings', { path: '/v1/embeddings', body: { input: 'good' } }],
    ["Hugging Face's family", { path: '/models/sentiment-1', body: { inputs: 'good' } }],
  ])('asks the database once, when it has run: %s', async (_, options) => {
    expect(await callsOfSecond(options)).toEqual(once);
  });

  it.each<[string, CallOptions]>([
    ['an explanation', { path: '/v1/explanations', body: { input: 'good and bad' } }],
    ['a text with its explanation', { body: { input: 'good and bad', explain: true } }],
    ['more than 32 texts', { body: { input: Array.from({ length: 33 }, () => 'good') } }],
    ['a text that is written', { path: '/v1/text/generate', body: { prompt: 'two words', max_tokens: 2 } }],
    ['a list of models', { method: 'GET', path: '/v1/models' }],
  ])('asks before it runs: %s', async (_, options) => {
    expect(await callsOfSecond(options)).not.toContain(once[0]);
  });

  it('tells how much is left, and is in the ledger', async () => {
    await send();
    const answer = await send();
    expect(answer.status).toBe(200);
    const { headers } = answer;
    // What the first one took has trickled in again.
    const left = Number(headers.get('x-ratelimit-remaining-requests'));
    expect(Number(headers.get('x-ratelimit-limit-requests')) - left).toBeOneOf([1, 2]);
    expect(await rowOf(answer)).toMatchObject({ statusClass: 2 });
  });

  it.each([
    ['was revoked', { revokedAt: new Date() }, 401, 'revoked_api_key'],
    ['lost its scope', { scopes: ['images'] }, 403, 'scope_missing'],
    ['may call other models', { models: ['image-1'] }, 403, 'model_not_allowed'],
  ])('is refused with the next call once its key %s', async (_, data, status, code) => {
    await send();
    await database.prisma.apiKey.update({ where: { id: keyId }, data });
    for (let i = 0; i < 2; i++) {
      const refused = await send();
      expect([refused.status, refused.json.error.code]).toEqual([status, code]);
      expect(await rowOf(refused)).toBeNull();
    }
  });

  it('of a revoked key is refused for that, whatever came of its run', async () => {
    await send();
    await database.prisma.apiKey.update({ where: { id: keyId }, data: { revokedAt: new Date() } });
    expect((await send({ body: { input: 'fail' } })).json.error.code).toBe('revoked_api_key');
  });

  it('that fails is counted and not billed, as any other', async () => {
    await send();
    asked.length = 0;
    const failed = await send({ body: { input: 'fail' } });
    expect([failed.status, failed.json.error.code]).toEqual([503, 'model_unavailable']);
    expect(asked).toEqual(once);
    expect(await rowOf(failed)).toMatchObject({ statusClass: 5, inputUnits: 0n });
  });

  it('is told 429 where its rate has run out, and nothing is written', async () => {
    const slowly = await createApiKey(database.prisma, { workspaceId, requestsPerMinute: 20 });
    await send({ key: slowly.key });
    await database.pool.query(
      `UPDATE rate_buckets SET requests = 0, refilled_at = now()
       WHERE bucket = (SELECT rate_bucket FROM api_keys WHERE id = $1)`,
      [slowly.id],
    );
    asked.length = 0;
    const { status, json, headers } = await send({ key: slowly.key });
    expect(asked[0]).toBe(once[0]);
    expect([status, json.error.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(headers.get('retry-after')).not.toBeNull();
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('0');
  });
});
