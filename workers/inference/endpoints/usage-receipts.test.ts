import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { priceVersion } from '#server/domain/billing/prices.ts';
import { newRequestId, publicRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { png } from '../testing/pictures.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

interface Customer {
  readonly workspaceId: string;
  readonly id: string;
  readonly key: string;
}

let database: TestDatabase;
let door: GatewayUnderTest;
let ada: Customer;
let ben: Customer;

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database);
  [ada, ben] = [await customer(), await customer()];
});
afterAll(() => database.drop());

async function customer(): Promise<Customer> {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  return createApiKey(database.prisma, { workspaceId });
}

const receiptOf = (id: string | null, { key }: Pick<Customer, 'key'> = ada) =>
  call(door, { method: 'GET', path: `/v1/usage/receipts/${id}`, key });
const picture = { base64: png.toString('base64') };
const chat = { messages: [{ role: 'user', content: 'two words' }], max_tokens: 5 };

describe('GET /v1/usage/receipts/{request_id}', () => {
  it.each([
    ['/v1/sentiment', { input: ['good day', 'bad'] }, 'sentiment', 'token'],
    ['/v1/images/classify', { input: [picture, picture] }, 'image-classification', 'image'],
    ['/v1/embeddings', { input: picture }, 'image-embedding', 'image'],
    ['/v1/explanations', { input: 'good and bad' }, 'sentiment', 'token'],
    ['/v1/explanations', { input: picture, grid: 4 }, 'image-classification', 'image'],
    ['/v1/text/generate', { prompt: 'two words', max_tokens: 5, n: 2 }, 'text-generation', 'token'],
  ])('is what the answer said of itself (%s)', async (path, body, task, unit) => {
    const before = Date.now();
    const { headers, json: answer } = await call(door, { key: ada.key, path, body });
    const id = headers.get('x-request-id');
    const { status, json: receipt } = await receiptOf(id);
    expect(status).toBe(200);
    expect(receipt).toEqual({
      id,
      object: 'receipt',
      created_at: expect.any(String),
      task,
      model_version: `${answer.model}@fake0000`,
      key_id: ada.id,
      key_prefix: `my_live_${ada.id}`,
      status: '2xx',
      input_units: answer.usage.units - (answer.usage.output_tokens ?? 0),
      output_units: answer.usage.output_tokens ?? 0,
      units: answer.usage.units,
      unit,
      price_micro_usd: answer.usage.price_micro_usd,
      price_version: priceVersion,
      latency_ms: expect.any(Number),
    });
    expect(receipt.units).toBeGreaterThan(0);
    const createdAt = Date.parse(receipt.created_at);
    expect(createdAt).toBeGreaterThanOrEqual(before);
    expect(createdAt).toBeLessThanOrEqual(Date.now());
  });

  it('is what OpenAI’s shape says too', async () => {
    const { headers, json } = await call(door, { key: ada.key, path: '/v1/chat/completions', body: chat });
    expect((await receiptOf(headers.get('x-request-id'))).json).toMatchObject({
      input_units: json.usage.prompt_tokens,
      output_units: json.usage.completion_tokens,
    });
  });

  it('is there when a stream’s last event is', async () => {
    const body = { prompt: 'two words', max_tokens: 5, stream: true };
    const { headers, text } = await call(door, { key: ada.key, path: '/v1/text/generate', body });
    const { usage } = parseEvents(text).at(-1)?.json ?? {};
    expect((await receiptOf(headers.get('x-request-id'))).json).toMatchObject({
      input_units: usage.input_tokens,
      output_units: usage.output_tokens,
      units: usage.units,
      price_micro_usd: usage.price_micro_usd,
    });
  });

  it('of a stream that is left is what was written; while it runs there is none', async () => {
    const endless = Array.from({ length: 2_000 }, () => 'x');
    const slow = gatewayUnderTest(database, { generator: { answerOf: () => endless, tokenMs: 5 } });
    const request = new Request('http://api.example.com/v1/text/generate', {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'two words', max_tokens: 2_000, stream: true }),
    });
    const response = await slow.gateway.fetch(request);
    const id = response.headers.get('x-request-id');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let received = 0;
    while (received < 5)
      received += Buffer.from((await reader.read()).value ?? [])
        .toString()
        .split('.text').length;
    const running = await receiptOf(id);
    expect([running.status, running.json.error.code]).toEqual([404, 'not_found']);
    expect(running.json.error.message).toContain('still runs');
    await reader.cancel();
    await eventually(async () => expect((await receiptOf(id)).status).toBe(200));
    const { json } = await receiptOf(id);
    const allowance = { where: { workspaceId: ada.workspaceId } };
    const { spentUnits } = await database.prisma.allowance.findUniqueOrThrow(allowance);
    const earlier = await database.prisma.usageRecord.findMany({ where: { workspaceId: ada.workspaceId } });
    expect(json).toMatchObject({ status: '2xx', input_units: 2, task: 'text-generation' });
    expect(json.output_units).toBeGreaterThan(0);
    expect(json.output_units).toBeLessThan(2_000);
    expect(json.price_micro_usd).toBe(json.input_units + 2 * json.output_units);
    const all = earlier.reduce((sum, row) => sum + row.inputUnits + row.outputUnits, 0n);
    expect(all).toBe(spentUnits);
  });

  it('of a request that failed says so, and that it cost nothing', async () => {
    const failing = gatewayUnderTest(database, { generator: { failAfter: () => 2 } });
    const body = { prompt: 'two words', max_tokens: 9 };
    const { status, headers } = await call(failing, { key: ada.key, path: '/v1/text/generate', body });
    expect(status).toBe(503);
    expect((await receiptOf(headers.get('x-request-id'))).json).toMatchObject({
      status: '5xx',
      units: 0,
      price_micro_usd: 0,
    });
  });

  it('is not there for a request that was refused before it was admitted', async () => {
    const { status, headers } = await call(door, { key: ada.key, body: { input: '' } });
    expect(status).toBe(400);
    const refused = await receiptOf(headers.get('x-request-id'));
    expect(refused.status).toBe(404);
    expect(refused.json.error).toMatchObject({ code: 'not_found', param: 'request_id' });
    expect(refused.json.error.message).toContain('refused before it was admitted');
  });

  it('of two workspaces, each finds nothing of the other, in the words of one that is not there', async () => {
    const never = await receiptOf(publicRequestId(newRequestId()));
    for (const [asking, asked] of [
      [ada, ben],
      [ben, ada],
    ] as const) {
      const id = (await call(door, { key: asked.key })).headers.get('x-request-id');
      expect((await receiptOf(id, asked)).status).toBe(200);
      const { status, json } = await receiptOf(id, asking);
      expect([status, json]).toEqual([404, never.json]);
    }
  });

  it('is found by any key of the workspace, even of a request whose key is deleted', async () => {
    const { workspaceId } = ada;
    const other = await createApiKey(database.prisma, { workspaceId, kind: 'short_lived' });
    const id = (await call(door, { key: other.key })).headers.get('x-request-id');
    await database.prisma.apiKey.delete({ where: { id: other.id } });
    expect((await receiptOf(id)).json).toMatchObject({ key_id: other.id, key_prefix: `my_temp_${other.id}` });
  });

  it.each([
    'x',
    'req_',
    `req_${'f'.repeat(32)}`,
    `req_${'0'.repeat(32)}`,
    'req_%00',
    '%',
    `REQ_${'0'.repeat(32)}`,
    "req_' OR 1=1",
    'x'.repeat(5_000),
  ])('is 404 for %j', async (id) => {
    const { status, json, text } = await receiptOf(id);
    expect([status, json.error.code]).toEqual([404, 'not_found']);
    expect(text.length).toBeLessThan(500);
  });

  it('is the path above it for dots, as URLs have it: the usage of the same workspace, and no other', async () => {
    const [dotted, usage] = [
      await receiptOf('%2e%2e'),
      await call(door, { method: 'GET', path: '/v1/usage', key: ada.key }),
    ];
    expect([dotted.status, dotted.json.object]).toEqual([200, usage.json.object]);
    expect(dotted.json.data).toEqual(usage.json.data);
  });

  it('needs the scope', async () => {
    const id = (await call(door, { key: ada.key })).headers.get('x-request-id');
    const { workspaceId } = ada;
    const narrow = await createApiKey(database.prisma, { workspaceId, scopes: ['sentiment'] });
    expect((await receiptOf(id, narrow)).status).toBe(403);
  });

  it('is logged and counted by its template, never with the id that was asked for', async () => {
    const fresh = gatewayUnderTest(database);
    const id = publicRequestId(newRequestId());
    await call(fresh, { method: 'GET', path: `/v1/usage/receipts/${id}?a=b`, key: ada.key });
    expect(JSON.stringify(fresh.logged)).not.toContain(id);
    expect(fresh.logged).toMatchObject([
      { fields: { route: '/v1/usage/receipts/{request_id}', status: 404 } },
    ]);
    const wrong = await call(fresh, { path: `/v1/usage/receipts/${id}`, key: ada.key });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET']);
  });
});
