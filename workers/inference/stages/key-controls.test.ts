import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { type ApiKeyOptions, createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { call, gatewayUnderTest, webUrl } from '../testing/gateway-under-test.ts';

const origin = 'https://app.example.com';

let database: TestDatabase;
let doors: ReturnType<typeof gatewayUnderTest>[];
beforeAll(async () => {
  database = await createTestDatabase();
  doors = [gatewayUnderTest(database), gatewayUnderTest(database, { trustedHops: 1 })];
});
afterAll(() => database.drop());

const door = (i = 0) => {
  const found = doors[i];
  if (!found) throw new Error('no gateway');
  return found;
};
async function keyWith(options: Partial<ApiKeyOptions>) {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  return createApiKey(database.prisma, { workspaceId, ...options });
}
const refusal = ({ status, json }: Awaited<ReturnType<typeof call>>) => [status, json?.error?.code];
const holds = () => database.prisma.hold.count();

describe('a key that restricts', () => {
  it('models: 403, which names the model, and nothing is held', async () => {
    const { key } = await keyWith({ models: ['images-1'] });
    const refused = await call(door(), { key });
    expect(refusal(refused)).toEqual([403, 'model_not_allowed']);
    expect(refused.json.error.message).toContain(door().runtime.model.id);
    expect(await holds()).toBe(0);
    const allowed = await keyWith({ models: [door().runtime.model.id] });
    expect((await call(door(), { key: allowed.key })).status).toBe(200);
  });

  it('models: the list has those of its models that are there, of the others not a word', async () => {
    const listed = async (models: string[]) => {
      const { key } = await keyWith({ models });
      const { status, text, json } = await call(door(), { key, method: 'GET', path: '/v1/models' });
      expect(status).toBe(200);
      return { text, ids: json.data.map(({ id }: { id: string }) => id) };
    };
    const some = await listed(['text-1', 'image-1', 'gone-1']);
    expect(some.ids).toEqual(['image-1', 'text-1']);
    expect(some.text).not.toContain('sentiment-1');
    expect((await listed(['gone-1'])).ids).toEqual([]);
    const all = ['sentiment-1', 'image-1', 'text-embedding-1', 'text-1'];
    expect((await listed([])).ids).toEqual(all);
  });

  it('models: one that it may not call is not there', async () => {
    const { key } = await keyWith({ models: ['text-1'] });
    const read = (id: string) => call(door(), { key, method: 'GET', path: `/v1/models/${id}` });
    expect((await read('text-1')).json.id).toBe('text-1');
    const [other, none] = [await read('image-1'), await read('gone-1')];
    expect([refusal(other), other.text]).toEqual([[404, 'not_found'], none.text]);
  });

  it('models: a list counts as one call against the rate, however many models there are', async () => {
    const { key } = await keyWith({ models: ['text-1'], requestsPerMinute: 2 });
    const list = () => call(door(), { key, method: 'GET', path: '/v1/models' });
    expect([(await list()).status, (await list()).status]).toEqual([200, 200]);
    expect(refusal(await list())).toEqual([429, 'rate_limit_exceeded']);
  });

  it('models: text-generation-inference’s /info, which speaks of one', async () => {
    const info = async (models: string[]) =>
      call(door(), { ...(await keyWith({ models })), method: 'GET', path: '/info' });
    const refused = await info(['image-1']);
    expect([refused.status, refused.json.code]).toEqual([403, 'model_not_allowed']);
    expect((await info(['text-1'])).json.model_id).toBe('text-1');
  });

  it('models: of a text that is written too', async () => {
    const { key } = await keyWith({ models: ['images-1'] });
    const body = { prompt: 'Hello', max_tokens: 4 };
    expect(refusal(await call(door(), { key, path: '/v1/text/generate', body }))).toEqual([
      403,
      'model_not_allowed',
    ]);
  });

  it('addresses: the socket’s, which no header changes, or what a trusted proxy saw', async () => {
    const { key } = await keyWith({ allowedAddresses: ['203.0.113.0/24', '2001:db8:7::1'] });
    const forged = { 'x-forwarded-for': '203.0.113.5' };
    const refused = await call(door(0), { key, headers: forged, remoteAddress: '192.0.2.9' });
    expect(refusal(refused)).toEqual([403, 'address_not_allowed']);
    expect(refused.json.error.message).toContain('192.0.2.9');
    expect((await call(door(0), { key, remoteAddress: '203.0.113.5' })).status).toBe(200);
    expect((await call(door(1), { key, headers: forged, remoteAddress: '10.0.0.1' })).status).toBe(200);
    expect((await call(door(0), { key, remoteAddress: '2001:db8:7::1' })).status).toBe(200);
    expect(refusal(await call(door(0), { key, remoteAddress: '2001:db8:7::2' }))).toEqual([
      403,
      'address_not_allowed',
    ]);
  });

  it('origins: pages of those read answers, preflight and errors too; others are refused', async () => {
    const { key } = await keyWith({ allowedOrigins: [origin] });
    const preflight = await call(door(), {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    const answered = await call(door(), { key, headers: { origin } });
    expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    const wrong = await call(door(), { key, headers: { origin }, body: {} });
    expect([wrong.status, wrong.headers.get('access-control-allow-origin')]).toEqual([400, origin]);
    const evil = await call(door(), { key, headers: { origin: 'https://evil.example.com' } });
    expect(refusal(evil)).toEqual([403, 'origin_not_allowed']);
    expect(evil.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('origins: a key that names none is used by the console’s pages and by no other', async () => {
    const { key } = await keyWith({});
    expect((await call(door(), { key, headers: { origin: webUrl } })).status).toBe(200);
    expect(refusal(await call(door(), { key, headers: { origin } }))).toEqual([403, 'origin_not_allowed']);
    expect((await call(door(), { key })).status).toBe(200);
  });
});

describe('a hard budget of a key', () => {
  it('is spent to the last micro-dollar and not beyond by parallel calls of two gateways', async () => {
    const { key, id } = await keyWith({ budgetMicroUsd: 40 });
    const answers = await Promise.all(
      Array.from({ length: 70 }, (_, i) => call(door(i % 2), { key, remoteAddress: '192.0.2.1' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(40);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map((answer) => refusal(answer).join(' ')))).toEqual(
      new Set(['429 budget_exceeded']),
    );
    expect(refused[0]?.headers.get('x-should-retry')).toBe('false');
    expect(refused[0]?.json.error.message).toContain('API key');
    const { spentMicroUsd, heldMicroUsd } = await database.prisma.keyAllowance.findUniqueOrThrow({
      where: { keyId: id },
    });
    expect([spentMicroUsd, heldMicroUsd]).toEqual([40n, 0n]);
    const ledger = await database.prisma.usageRecord.aggregate({
      where: { keyId: id },
      _sum: { priceMicroUsd: true },
    });
    expect(ledger._sum.priceMicroUsd).toBe(40n);
  });
});
