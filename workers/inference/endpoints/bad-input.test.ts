import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { requestLimits } from '#server/domain/rate-limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
  webUrl,
} from '../testing/gateway-under-test.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  door = gatewayUnderTest(database);
});
afterAll(() => database.drop());

/** After each: nothing billed, nothing held, and the next request is answered. */
afterEach(async () => {
  const [sums] = await database.prisma.$queryRaw<{ units: bigint; price: bigint; held: bigint }[]>`
    SELECT coalesce(sum(spent_units), 0)::bigint units, coalesce(sum(spent_micro_usd), 0)::bigint price,
      coalesce(sum(held_units + held_requests), 0)::bigint held FROM allowances WHERE period_start > '2000-01-01'`;
  expect(sums).toEqual({ units: 0n, price: 0n, held: 0n });
  const alive = await call(door, { key, method: 'GET', path: '/v1/models' });
  expect(alive.status).toBe(200);
});

async function refusal(options: CallOptions, through = door) {
  const answer = await call(through, { key, ...options });
  expect(answer.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(Object.keys(answer.json)).toEqual(['error']);
  expect(Object.keys(answer.json.error)).toEqual(['message', 'type', 'param', 'code']);
  // No stack, no statement, no name of ours for a file or a function.
  expect(answer.text).not.toMatch(/\n +at |\.ts\b|node_modules|SELECT|admit\(|postgres|Zod|Unexpected token/);
  const { code, param, type, message } = answer.json.error;
  return { status: answer.status, code, param, type, message, headers: answer.headers };
}

describe('the key', () => {
  it('401 without one', async () => {
    const answer = await refusal({ key: undefined });
    expect(answer).toMatchObject({ status: 401, code: 'missing_api_key', type: 'authentication_error' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['not a key', 'hello'],
    ['a truncated key', () => key.slice(0, -3)],
    [
      'a key with one character changed',
      () => `${key.slice(0, 12)}${key[12] === 'A' ? 'B' : 'A'}${key.slice(13)}`,
    ],
    ['a key and more', () => `${key} x`],
  ])('401 for %s, without asking the database', async (_name, given) => {
    const away = gatewayUnderTest(database, { metering: refusingMetering });
    const answer = await refusal({ key: typeof given === 'string' ? given : given() }, away);
    expect(answer).toMatchObject({ status: 401, code: 'malformed_api_key' });
  });

  it('401 for another scheme', async () => {
    const answer = await refusal({ key: undefined, headers: { authorization: `Basic ${key}` } });
    expect(answer).toMatchObject({ status: 401, code: 'malformed_api_key' });
  });

  it('401 for a key in the address, which ends up in logs', async () => {
    const answer = await refusal({ key: undefined, path: `/v1/sentiment?api_key=${key}` });
    expect(answer).toMatchObject({ status: 401, code: 'missing_api_key' });
  });

  it('401 for an unknown key', async () => {
    const { generateApiKey } = await import('#server/domain/api-keys/key-format.ts');
    expect(await refusal({ key: generateApiKey('live').key })).toMatchObject({
      status: 401,
      code: 'unknown_api_key',
    });
  });

  it('401 for a revoked key', async () => {
    const revoked = await createApiKey(database.prisma, { workspaceId, revokedAt: new Date() });
    expect(await refusal({ key: revoked.key })).toMatchObject({ status: 401, code: 'revoked_api_key' });
  });

  it('401 for an expired key', async () => {
    const expired = await createApiKey(database.prisma, { workspaceId, expiresAt: new Date(Date.now() - 1) });
    expect(await refusal({ key: expired.key })).toMatchObject({ status: 401, code: 'expired_api_key' });
  });

  it('403 without the scope', async () => {
    const narrow = await createApiKey(database.prisma, { workspaceId, scopes: ['models:read'] });
    expect(await refusal({ key: narrow.key })).toMatchObject({ status: 403, code: 'scope_missing' });
  });

  it('403 for a suspended workspace', async () => {
    const suspended = await createWorkspace(database.prisma, { status: 'suspended' });
    const its = await createApiKey(database.prisma, { workspaceId: suspended.id });
    expect(await refusal({ key: its.key })).toMatchObject({ status: 403, code: 'workspace_suspended' });
  });

  it('429 after many malformed keys from one address, whatever X-Forwarded-For says', async () => {
    const fresh = gatewayUnderTest(database);
    const remoteAddress = '198.51.100.9';
    const codes: string[] = [];
    for (let i = 0; i < 50; i++) {
      const headers = { 'x-forwarded-for': `203.0.113.${i}` };
      codes.push((await refusal({ key: 'nonsense', headers, remoteAddress }, fresh)).code);
    }
    expect(codes.filter((code) => code === 'malformed_api_key')).toHaveLength(30);
    expect(codes.filter((code) => code === 'rate_limit_exceeded')).toHaveLength(20);
    const last = await refusal({ key: 'nonsense', remoteAddress }, fresh);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await refusal({ key: 'nonsense', remoteAddress: '198.51.100.10' }, fresh)).code).toBe(
      'malformed_api_key',
    );
  });
});

describe('the body', () => {
  it.each([
    ['not JSON', '{"input": "good"'],
    ['empty', ''],
    ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
  ])('400 invalid_json when it is %s', async (_name, rawBody) => {
    expect(await refusal({ rawBody })).toMatchObject({ status: 400, code: 'invalid_json', param: null });
  });

  it.each([
    ['a list', [], null],
    ['null', null, null],
    ['a number', 7, null],
    ['without input', {}, 'input'],
    ['with a number as input', { input: 7 }, 'input'],
    ['with an object as input', { input: { text: 'x' } }, 'input'],
    ['with an empty text', { input: '' }, 'input'],
    ['with a blank text', { input: ' \n\t ' }, 'input'],
    ['with no texts', { input: [] }, 'input'],
    ['with a text of control characters alone', { input: ['a', '\u0001'] }, 'input[1]'],
    ['with an empty text in a list', { input: ['a', 'b', 'c', ''] }, 'input[3]'],
    ['with a number in a list', { input: ['a', 7] }, 'input[1]'],
    ['with a list in a list', { input: [['a']] }, 'input[0]'],
    ['with NUL', { input: 'a\0b' }, 'input'],
    ['with NUL in a list', { input: ['a', 'a\0b'] }, 'input[1]'],
    ['with half of a surrogate pair', { input: ['a\ud800b'] }, 'input[0]'],
    ['with truncate that is not a boolean', { input: 'a', truncate: 'yes' }, 'truncate'],
    ['with abstain_below out of range', { input: 'a', abstain_below: 1.5 }, 'abstain_below'],
    ['with model that is not a string', { input: 'a', model: 7 }, 'model'],
  ])('400 invalid_request when it is %s', async (_name, body, param) => {
    const answer = await refusal({ body });
    expect(answer).toMatchObject({
      status: 400,
      code: 'invalid_request',
      param,
      type: 'invalid_request_error',
    });
    expect(answer.message).not.toMatch(/Invalid input|expected/);
  });

  it.each([
    ['a field that does not exist', '{"input":"a","temperature":1}', 'temperature'],
    ['a prototype', '{"input":"a","__proto__":{"x":1}}', '__proto__'],
    ['a very long name', `{"input":"a","${'x'.repeat(500)}":1}`, `${'x'.repeat(64)}…`],
  ])('400 unknown_field for %s', async (_name, rawBody, param) => {
    expect(await refusal({ rawBody })).toMatchObject({ status: 400, code: 'unknown_field', param });
  });

  it('404 for a model that does not exist', async () => {
    expect(await refusal({ body: { input: 'a', model: 'sentiment-9' } })).toMatchObject({
      status: 404,
      code: 'not_found',
      param: 'model',
    });
  });

  it('422 for a text over the limit, with the field', async () => {
    const long = 'a'.repeat(requestLimits.textCharactersMax + 1);
    expect(await refusal({ body: { input: long } })).toMatchObject({
      status: 422,
      code: 'input_too_long',
      param: 'input',
    });
    expect(await refusal({ body: { input: ['a', long] } })).toMatchObject({ status: 422, param: 'input[1]' });
  });

  it('413 for 10,000 texts', async () => {
    const input = Array.from({ length: 10_000 }, () => 'a');
    expect(await refusal({ body: { input } })).toMatchObject({
      status: 413,
      code: 'payload_too_large',
      param: 'input',
    });
  });

  it('413 for a body over the limit, declared or not', async () => {
    const body = `{"input":"${'a'.repeat(requestLimits.bodyBytesMax)}"}`;
    expect(await refusal({ rawBody: body })).toMatchObject({
      status: 413,
      code: 'payload_too_large',
      param: null,
    });
    expect(await refusal({ rawBody: body, headers: { 'content-length': '999999999' } })).toMatchObject({
      status: 413,
    });
  });

  it('reads no further than the limit', async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    expect(await refusal({ rawBody: endless })).toMatchObject({ status: 413 });
    expect(pulled).toBeLessThan(2 * requestLimits.bodyBytesMax);
  });

  it('408 for a body that does not end', async () => {
    const slow = gatewayUnderTest(database, { bodyLimits: { bytesMax: 1_000, timeoutMs: 50 } });
    const stalled = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x7b])) });
    expect(await refusal({ rawBody: stalled }, slow)).toMatchObject({ status: 408, code: 'request_timeout' });
  });

  it.each([
    ['400 for as many brackets as a body may have', requestLimits.jsonPartsMax - 2, 400, 'input[0]'],
    ['413 for a megabyte of brackets', 500_000, 413, null],
  ])('%s', async (_name, depth, status, param) => {
    const answer = await refusal({ rawBody: `{"input":${'['.repeat(depth)}${']'.repeat(depth)}}` });
    expect(answer).toMatchObject({ status, param });
  });

  it.each([
    ['text/plain'],
    ['multipart/form-data'],
    ['application/json, text/plain'],
    [''],
    ['application/json; charset=latin1'],
  ])('415 for the content type %j', async (type) => {
    const answer = await refusal({ headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it.each([
    ['/v1/sentiment', 'gzip'],
    ['/v1/images/classify', 'br'],
    ['/v1/files', 'deflate, gzip'],
  ])('415 at %s for a body packed as %s, which says so', async (path, encoding) => {
    const headers = { 'content-encoding': encoding };
    const answer = await refusal({ path, headers, rawBody: gzipSync('{"input":"good"}') });
    expect(answer).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    expect(answer.message).toContain('Content-Encoding');
  });

  it('takes the encoding that changes nothing', async () => {
    const answer = await refusal({ body: {}, headers: { 'content-encoding': 'identity' } });
    expect(answer.code).toBe('invalid_request');
  });

  it('takes a content type with its charset', async () => {
    const answer = await refusal({
      body: {},
      headers: { 'content-type': 'application/json; charset=UTF-8' },
    });
    expect(answer.code).toBe('invalid_request');
  });
});

describe('the path', () => {
  it('404 for one that does not exist', async () => {
    expect(await refusal({ path: '/v1/nothing' })).toMatchObject({ status: 404, code: 'not_found' });
  });

  it.each([
    ['GET', '/v1/sentiment', 'POST'],
    ['DELETE', '/v1/sentiment', 'POST'],
    ['POST', '/v1/models', 'GET'],
    ['GET', '/v1/sentiment/', 'POST'],
    ['POST', '/healthz', 'GET'],
  ])('405 for %s %s', async (method, path, allowed) => {
    const answer = await refusal({ method, path });
    expect(answer).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(answer.headers.get('allow')).toBe(allowed);
  });
});

describe('how much', () => {
  const keyOf = async (options: Parameters<typeof createWorkspace>[1]) => {
    const workspace = await createWorkspace(database.prisma, options);
    return (await createApiKey(database.prisma, { workspaceId: workspace.id })).key;
  };

  it('429 with Retry-After over the rate limit', async () => {
    const limited = await keyOf({ requestsPerMinute: 1 });
    await call(door, { key: limited, method: 'GET', path: '/v1/models' });
    const answer = await refusal({ key: limited });
    expect(answer).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(answer.headers.get('x-should-retry')).toBeNull();
  });

  it('429 over the units a minute, for the whole of a request', async () => {
    const limited = await keyOf({ unitsPerMinute: 2 });
    await refusal({ key: limited, body: { input: ['a', ''] } });
    const first = await call(gatewayUnderTest(database, { model: { failOn: () => true } }), {
      key: limited,
      body: { input: ['a', 'b'] },
    });
    expect(first.status).toBe(503);
    // What was not used was given back.
    expect(
      Number(
        (await call(door, { key: limited, method: 'GET', path: '/v1/models' })).headers.get(
          'x-ratelimit-remaining-tokens',
        ),
      ),
    ).toBe(2);
  });

  it('429 insufficient_quota over the quota, not to be retried, with a link to the plans', async () => {
    const spent = await keyOf({ quotaUnits: 1 });
    const answer = await refusal({ key: spent, body: { input: ['a', 'b'] } });
    expect(answer).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(answer.message).toContain(`${webUrl}/pricing`);
  });

  it('429 over the budget, not to be retried', async () => {
    const spent = await keyOf({ budgetMicroUsd: 0 });
    const answer = await refusal({ key: spent });
    expect(answer).toMatchObject({ status: 429, code: 'budget_exceeded' });
    expect(answer.headers.get('x-should-retry')).toBe('false');
  });

  it('429 over the requests at the same time', async () => {
    const narrow = await keyOf({ concurrencyMax: 0 });
    const answer = await refusal({ key: narrow });
    expect(answer).toMatchObject({ status: 429, code: 'concurrency_limit_exceeded' });
    expect(answer.headers.get('retry-after')).toBe('1');
  });
});

describe('our side', () => {
  it('503 while the database is away, and no word of it', async () => {
    const { createPool } = await import('#server/platform/database/pool.ts');
    const pool = createPool('postgresql://nobody:secret@127.0.0.1:1/none', {
      max: 1,
      applicationName: 'test',
    });
    const away = gatewayUnderTest({ pool, prisma: database.prisma });
    const answer = await refusal({}, away);
    expect(answer).toMatchObject({ status: 503, code: 'database_unavailable', type: 'server_error' });
    expect(answer.headers.get('retry-after')).toBe('1');
    await pool.end();
  });

  it('500 for what nobody foresaw, with the id to quote', async () => {
    const broken = gatewayUnderTest(database, {
      metering: { ...refusingMetering, admit: () => Promise.reject(new Error('SELECT secret at x.ts')) },
    });
    const answer = await refusal({}, broken);
    expect(answer).toMatchObject({ status: 500, code: 'internal' });
    expect(answer.message).toContain(answer.headers.get('x-request-id'));
    expect(broken.logged.some((line) => line.level === 'error')).toBe(true);
  });
});

const refusingMetering = {
  admit: () => Promise.reject(new Error('The database was asked.')),
  assume: () => null,
  settle: () => Promise.reject(new Error('The database was asked.')),
  settleAssumed: () => Promise.reject(new Error('The database was asked.')),
  saveProgress: () => Promise.reject(new Error('The database was asked.')),
};
