import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '#server/domain/database.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readUsage } from '../codecs/read-usage.ts';
import { call, type GatewayUnderTest, gatewayUnderTest, webUrl } from '../testing/gateway-under-test.ts';
import { usageEndpoint } from './usage.ts';

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
  for (const input of ['good', 'good day', ['bad', 'worse']])
    await call(door, { key: ada.key, body: { input } });
  await call(door, { key: ben.key, body: { input: 'one two three four five six seven' } });
});
afterAll(() => database.drop());

async function customer(): Promise<Customer> {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  return createApiKey(database.prisma, { workspaceId });
}

const usage = (asking: Pick<Customer, 'key'>, query = '') =>
  call(door, { method: 'GET', path: `/v1/usage${query}`, key: asking.key });

describe('GET /v1/usage', () => {
  it('answers what was used, as the ledger has it', async () => {
    const { status, json, headers } = await usage(ada, '?group_by=status,hour,key,model');
    expect(status).toBe(200);
    const records = await database.prisma.usageRecord.findMany({ where: { workspaceId: ada.workspaceId } });
    const sum = (of: (record: (typeof records)[number]) => bigint) =>
      Number(records.map(of).reduce((all, each) => all + each, 0n));
    expect(records).toHaveLength(3);
    expect(json).toEqual({
      object: 'list',
      from: expect.any(String),
      to: expect.any(String),
      group_by: ['hour', 'model', 'key', 'status'],
      data: [
        {
          id: expect.any(String),
          object: 'usage',
          start: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/),
          model_version: 'sentiment-1@fake0000',
          key_id: ada.id,
          key_prefix: `my_live_${ada.id}`,
          status: '2xx',
          requests: 3,
          input_units: sum((record) => record.inputUnits),
          output_units: 0,
          units: sum((record) => record.inputUnits),
          price_micro_usd: sum((record) => record.priceMicroUsd),
          latency_ms: { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) },
        },
      ],
      has_more: false,
    });
    expect(json.data[0].units).toBeGreaterThan(0);
    expect(Date.parse(json.to) - Date.parse(json.from)).toBe(24 * 60 * 60 * 1_000);
    expect(headers.get('x-request-id')).toMatch(/^req_/);
    expect(headers.get('x-ratelimit-limit-requests')).not.toBeNull();
  });

  it('of two workspaces, each sees its own and nothing of the other', async () => {
    const of = async (asking: Customer) => {
      const { json } = await usage(asking, '?group_by=key');
      return json.data.map((row: { key_id: string; requests: number }) => [row.key_id, row.requests]);
    };
    expect(await of(ada)).toEqual([[ada.id, 3]]);
    expect(await of(ben)).toEqual([[ben.id, 1]]);
  });

  it('costs nothing and is not itself usage', async () => {
    const count = () => database.prisma.usageRecord.count({ where: { workspaceId: ada.workspaceId } });
    const before = await count();
    await usage(ada);
    expect(await count()).toBe(before);
    const allowance = await database.prisma.allowance.findUniqueOrThrow({
      where: { workspaceId: ada.workspaceId },
    });
    expect(allowance).toMatchObject({ heldUnits: 0n, heldRequests: 0 });
  });

  it.each([
    encodeURIComponent('2026-01-01T01:30:00+02:00'),
    // As curl sends it.
    '2026-01-01T01:30:00+02:00',
  ])('takes times with an offset, dates, an empty grouping and a page: %s', async (offset) => {
    const { json } = await usage(ada, `?from=${offset}&to=2026-01-02&group_by=&limit=1000`);
    expect(json).toMatchObject({
      from: '2025-12-31T23:00:00.000Z',
      to: '2026-01-02T00:00:00.000Z',
      group_by: [],
      data: [],
    });
  });

  it('is read page by page', async () => {
    await call(door, { key: ada.key, path: '/v1/text/generate', body: { prompt: 'a', max_tokens: 2 } });
    const first = await usage(ada, '?group_by=model&limit=1');
    expect(first.json).toMatchObject({ data: [{ model_version: 'sentiment-1@fake0000' }], has_more: true });
    const second = await usage(ada, `?group_by=model&limit=1&after=${first.json.data[0].id}`);
    expect(second.json).toMatchObject({ data: [{ model_version: 'text-1@fake0000' }], has_more: false });
  });

  it.each([
    ['?flavour=mild', 'unknown_field', 'flavour'],
    ['?workspace_id=x', 'unknown_field', 'workspace_id'],
    ['?from=yesterday', 'invalid_request', 'from'],
    ['?from=2026-02-30', 'invalid_request', 'from'],
    ['?from=2026-01-01T00:00:00', 'invalid_request', 'from'],
    ['?from=2026-01-01T00:00:00%2B99:99', 'invalid_request', 'from'],
    ['?from=0001-01-01', 'invalid_request', 'from'],
    ['?to=9999-12-31', 'invalid_request', 'to'],
    ['?to=%00', 'invalid_request', 'to'],
    ['?from=2026-02-01&to=2026-01-01', 'invalid_request', 'from'],
    ['?from=2024-01-01&to=2026-01-01', 'invalid_request', 'from'],
    ['?from=2025-01-01&to=2026-01-01&group_by=hour', 'invalid_request', 'from'],
    ['?group_by=colour', 'invalid_request', 'group_by'],
    ['?group_by=day,day', 'invalid_request', 'group_by'],
    ['?group_by=day,hour', 'invalid_request', 'group_by'],
    ['?group_by=day&group_by=model', 'invalid_request', 'group_by'],
    ['?group_by=__proto__', 'invalid_request', 'group_by'],
    ['?limit=0', 'invalid_request', 'limit'],
    ['?limit=1001', 'invalid_request', 'limit'],
    ['?limit=1e3', 'invalid_request', 'limit'],
    ['?limit=-1', 'invalid_request', 'limit'],
    ['?after=x', 'invalid_request', 'after'],
    [`?after=${'x'.repeat(700)}`, 'input_too_long', 'after'],
    ['?__proto__=x', 'unknown_field', '__proto__'],
  ])('refuses %s', async (query, code, param) => {
    const { status, json } = await usage(ada, query);
    expect([status, json.error.code, json.error.param]).toEqual([
      code === 'input_too_long' ? 422 : 400,
      code,
      param,
    ]);
    expect(json.error.message).toMatch(/\.$/);
  });

  it('needs the scope, and a key at all', async () => {
    const { workspaceId } = ada;
    const narrow = await createApiKey(database.prisma, { workspaceId, scopes: ['sentiment'] });
    const { status, json } = await usage(narrow);
    expect([status, json.error.code]).toEqual([403, 'scope_missing']);
    expect((await call(door, { method: 'GET', path: '/v1/usage' })).status).toBe(401);
    expect((await call(door, { path: '/v1/usage', key: ada.key })).status).toBe(405);
  });

  it('without the database is told to come back, and says nothing of why', async () => {
    const nowhere = createPrisma('postgresql://nobody:secret@127.0.0.1:1/none', { max: 1 });
    const free = [usageEndpoint({ db: nowhere, clock: systemClock })];
    const away = gatewayUnderTest(database, { free });
    const { status, json, headers, text } = await call(away, {
      method: 'GET',
      path: '/v1/usage',
      key: ada.key,
    });
    expect([status, json.error.code, headers.get('retry-after')]).toEqual([503, 'database_unavailable', '1']);
    expect(text).not.toMatch(/secret|127\.0\.0\.1/);
    await nowhere.$disconnect();
  });

  it('ends a statement that takes too long', async () => {
    const hurried = createPrisma(database.url, { max: 1, statementTimeoutMs: 50 });
    const sleep = (db: Database) => readUsage(() => db.$queryRaw`SELECT pg_sleep(5)::text`);
    await expect(sleep(hurried)).rejects.toMatchObject({ code: 'database_unavailable' });
    await hurried.$disconnect();
  });

  it('is called from the console’s own pages only', async () => {
    const preflight = { method: 'OPTIONS', path: '/v1/usage/receipts/req_1' };
    const asked = { origin: webUrl, 'access-control-request-headers': 'authorization' };
    const { status, headers } = await call(door, { ...preflight, headers: asked });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, webUrl]);
    const other = await call(door, { ...preflight, headers: { ...asked, origin: 'http://other.example' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});
