import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotateApiKey } from '#server/domain/api-keys/rotate-api-key.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { type ApiKeyOptions, createApiKey, createUser, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

const path = '/v1/chat/completions';
const past = new Date(Date.now() - 60_000);
/** Longer than any budget of these tests pays for. */
const endless = Array.from({ length: 500 }, () => 'x');
/** What the fake model counts for them: 3 of the template, 4 of the message, two words. */
const messages = [{ role: 'user', content: 'two words' }];
const promptTokens = 9;

let database: TestDatabase;
let door: GatewayUnderTest;
beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database, { generator: { answerOf: () => endless } });
});
afterAll(() => database.drop());

async function keyWith(options: Partial<ApiKeyOptions> = {}) {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  return createApiKey(database.prisma, { workspaceId, ...options });
}
const chat = (key: string, more: Partial<CallOptions> = {}, body: object = {}) =>
  call(door, { key, path, body: { model: 'text-1', messages, stream: true, ...body }, ...more });
const rotate = async (
  { id: keyId, workspaceId }: Awaited<ReturnType<typeof keyWith>>,
  overlapHours: number,
) => {
  const { id: userId } = await createUser(database.prisma);
  const dependencies = { db: database.prisma, clock: systemClock };
  return rotateApiKey(dependencies, { workspaceId, keyId, userId, overlapHours });
};
const expectNothingBilled = async (workspaceId: string) =>
  expect(await readBooks(database.pool, workspaceId)).toMatchObject({
    ledger: 0,
    rolled: 0,
    spent: 0,
    heldUnits: 0,
    heldRequests: 0,
    holds: 0,
  });
const keyAllowance = (keyId: string) => database.prisma.keyAllowance.findUniqueOrThrow({ where: { keyId } });

/** An answer as OpenAI's clients make an error of it: a status and JSON, no event of a stream, and the model not asked. */
async function expectRefused(
  { key, workspaceId }: { readonly key: string; readonly workspaceId: string },
  expected: readonly [status: number, code: string],
  more: Partial<CallOptions> = {},
) {
  const asked = door.generator.generations.length;
  const { status, headers, json, text } = await chat(key, more);
  expect([status, json?.error?.code]).toEqual(expected);
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(text).not.toContain('data:');
  expect(json.error).toEqual({
    message: expect.any(String),
    type: expect.any(String),
    param: null,
    code: expected[1],
  });
  expect(headers.get('x-request-id')).toMatch(/^req_/);
  expect(door.generator.generations).toHaveLength(asked);
  await expectNothingBilled(workspaceId);
  return { headers, json };
}

describe('a stream of a chat is refused before its first byte, unbilled,', () => {
  it.each<[string, Partial<ApiKeyOptions>, readonly [number, string]]>([
    ['by a key that has expired', { expiresAt: past }, [401, 'expired_api_key']],
    ['by a key that was revoked', { revokedAt: past }, [401, 'revoked_api_key']],
    ['without the scope', { scopes: ['sentiment', 'embeddings'] }, [403, 'scope_missing']],
    ['where the key has other models', { models: ['images-1'] }, [403, 'model_not_allowed']],
    ['from another address', { allowedAddresses: ['203.0.113.0/24'] }, [403, 'address_not_allowed']],
    ['where the key may spend nothing', { budgetMicroUsd: 0 }, [429, 'budget_exceeded']],
  ])('%s', async (_, options, expected) => {
    const one = await keyWith(options);
    const { headers } = await expectRefused(one, expected);
    const [status, code] = expected;
    expect(headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
    expect(headers.get('x-should-retry')).toBe(code === 'budget_exceeded' ? 'false' : null);
    if (options.budgetMicroUsd !== undefined)
      expect(await keyAllowance(one.id)).toMatchObject({ spentMicroUsd: 0n, heldMicroUsd: 0n });
  });

  it('where the budget ends in the prompt, which is known once the model has counted it', async () => {
    const one = await keyWith({ budgetMicroUsd: promptTokens - 1 });
    for (const stream of [true, false]) {
      const { status, headers, json } = await chat(one.key, {}, { stream });
      expect([status, json?.error?.code]).toEqual([429, 'budget_exceeded']);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('x-should-retry')).toBe('false');
    }
    expect(await keyAllowance(one.id)).toMatchObject({
      spentMicroUsd: 0n,
      heldMicroUsd: 0n,
      heldRequests: 0,
    });
    const rows = await database.prisma.usageRecord.findMany({ where: { keyId: one.id } });
    expect(rows).toMatchObject([4, 4].map((statusClass) => ({ statusClass, priceMicroUsd: 0n })));
    expect(await readBooks(database.pool, one.workspaceId)).toMatchObject({
      spent: 0,
      heldUnits: 0,
      holds: 0,
    });
  });

  it('by the secret that was replaced, at once or when the overlap is over', async () => {
    const one = await keyWith();
    const next = await rotate(one, 0);
    await expectRefused(one, [401, 'unknown_api_key']);
    const last = await rotate(one, 1);
    await database.prisma.apiKey.update({ where: { id: one.id }, data: { previousExpiresAt: past } });
    await expectRefused({ ...one, key: next.key }, [401, 'expired_api_key']);
    expect((await chat(last.key, {}, { max_tokens: 1 })).status).toBe(200);
  });

  it('as a page of an origin that the key does not name', async () => {
    const one = await keyWith({ allowedOrigins: ['https://app.example.com'] });
    const headers = { origin: 'https://evil.example.com' };
    await expectRefused(one, [403, 'origin_not_allowed'], { headers });
  });
});

describe('a stream of a chat is written', () => {
  it('by both secrets while they overlap, from an allowed address, by a key that names the model', async () => {
    const one = await keyWith({ allowedAddresses: ['203.0.113.0/24'], models: ['text-1'], scopes: ['text'] });
    const next = await rotate(one, 1);
    for (const key of [one.key, next.key]) {
      const { status, text } = await chat(key, { remoteAddress: '203.0.113.5' }, { max_tokens: 2 });
      expect(status).toBe(200);
      expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    }
    expect(await readBooks(database.pool, one.workspaceId)).toMatchObject({
      ledger: 2,
      spent: 2 * (promptTokens + 2),
      holds: 0,
    });
  });

  it('to where the budget of its key ends, which its last chunk says; the next one is refused', async () => {
    const paid = 5;
    // One micro-USD is left: it pays for no token of an answer, which costs two.
    const one = await keyWith({ budgetMicroUsd: promptTokens + 2 * paid + 1 });
    const { status, text } = await chat(one.key, {}, { stream_options: { include_usage: true } });
    expect(status).toBe(200);
    const chunks = parseEvents(text);
    const content = chunks.map(({ json }) => json?.choices?.[0]?.delta?.content ?? '').join('');
    expect(content).toBe('x'.repeat(paid));
    expect(chunks.some(({ json }) => json?.choices?.[0]?.finish_reason === 'length')).toBe(true);
    expect(text).not.toContain('"error"');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    const usage = chunks.findLast(({ json }) => json?.usage)?.json.usage;
    expect(usage).toMatchObject({ prompt_tokens: promptTokens, completion_tokens: paid });
    expect(await keyAllowance(one.id)).toMatchObject({
      spentMicroUsd: BigInt(promptTokens + 2 * paid),
      heldMicroUsd: 0n,
      heldRequests: 0,
    });
    const refused = await chat(one.key);
    expect([refused.status, refused.json.error.code]).toEqual([429, 'budget_exceeded']);
    expect(await readBooks(database.pool, one.workspaceId)).toMatchObject({
      spent: promptTokens + paid,
      ledgerUnits: promptTokens + paid,
      holds: 0,
    });
  });

  it('to its end by a key that is revoked meanwhile, since its cost is held; the next one is refused', async () => {
    const slow = gatewayUnderTest(database, {
      generator: { answerOf: () => endless.slice(0, 20), tokenMs: 10 },
    });
    const one = await keyWith();
    const request = new Request(`http://api.example.com${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${one.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'text-1', messages, stream: true }),
    });
    const response = await slow.gateway.fetch(request);
    await database.prisma.apiKey.update({ where: { id: one.id }, data: { revokedAt: new Date() } });
    expect((await response.text()).trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await readBooks(database.pool, one.workspaceId)).toMatchObject({
      ledger: 1,
      spent: promptTokens + 20,
      holds: 0,
    });
    expect((await chat(one.key)).json.error.code).toBe('revoked_api_key');
  });
});
