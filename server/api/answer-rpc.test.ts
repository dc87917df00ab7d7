import { encode } from 'next-auth/jwt';
import superjson, { type SuperJSONResult } from 'superjson';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessionCookieName } from '#server/auth/session-cookie.ts';
import { rateLimits, rpcLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { answerRpc } from './answer-rpc.ts';

describe('the tRPC door', () => {
  let plane: ControlPlane;
  let person: Person;
  let cookie: string;
  beforeAll(async () => {
    plane = await createControlPlane();
    person = await createPerson(plane);
    const { sessionSecret, webUrl } = plane.services;
    const token = await encode({ token: { sessionId: person.session.sessionId }, secret: sessionSecret });
    cookie = `${sessionCookieName(webUrl)}=${token}`;
  });
  beforeEach(() => plane.database.pool.query('DELETE FROM rate_buckets'));
  afterAll(() => plane.drop());

  interface Sent {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }
  const send = (path: string, { method = 'GET', headers = {}, body }: Sent = {}) =>
    answerRpc(
      new Request(`http://web.test/api/trpc/${path}`, {
        method,
        headers: { 'x-modelyard-client-address': '203.0.113.5', host: 'web.test', ...headers },
        body: body ?? null,
      }),
      plane.services,
    );
  const mutation = (path: string, input: unknown, headers: Record<string, string> = {}) =>
    send(path, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', origin: 'http://web.test', ...headers },
      body: JSON.stringify(superjson.serialize(input)),
    });
  const bucketsLeft = async (name: string) => {
    const { rows } = await plane.database.pool.query<{ requests: number }>(
      'SELECT requests FROM rate_buckets WHERE bucket LIKE $1',
      [`${name}:%`],
    );
    return rows.map((row) => Math.floor(row.requests));
  };
  const batchOf = (calls: number) =>
    `${Array(calls).fill('account.me').join(',')}?batch=1&input=${encodeURIComponent('{}')}`;

  it('answers a query to whom the cookie names', async () => {
    const response = await send('account.me', { headers: { cookie } });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { result } = (await response.json()) as { result: { data: { json: unknown } } };
    expect(result.data.json).toEqual(person.session.user);
  });

  it('tells an error by our code, with the id under which the log has it', async () => {
    const response = await send('account.me');
    expect(response.status).toBe(401);
    const { error } = (await response.json()) as { error: SuperJSONResult };
    expect(superjson.deserialize(error)).toMatchObject({
      message: 'Sign in first.',
      data: {
        code: 'UNAUTHORIZED',
        httpStatus: 401,
        path: 'account.me',
        domainCode: 'not_signed_in',
        requestId: response.headers.get('x-request-id'),
      },
    });
    expect(JSON.stringify(error)).not.toContain('stack');
  });

  it('names the field of a bad input, and repeats none of it', async () => {
    const response = await mutation('apiKey.create', {
      workspaceId: person.workspaceId,
      name: 'x'.repeat(70),
    });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      error: { json: { data: { domainCode: 'invalid_request', param: 'name' } } },
    });
    expect(text).not.toContain('xxxx');
  });

  it('counts a batch of 100 calls as 100, by address and by session', async () => {
    expect((await send(batchOf(100), { headers: { cookie } })).status).toBe(200);
    expect(await bucketsLeft('rpcByAddress')).toEqual([rateLimits.rpcByAddress.capacity - 100]);
    expect(await bucketsLeft('rpcBySession')).toEqual([rateLimits.rpcBySession.capacity - 100]);
    for (let i = 0; i < 5; i++) await send(batchOf(100), { headers: { cookie } });
    const refused = await send(batchOf(100), { headers: { cookie } });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.text()).toContain('rate_limit_exceeded');
  });

  it('refuses a batch of more than 100', async () => {
    expect((await send(batchOf(rpcLimits.batchCallsMax + 1), { headers: { cookie } })).status).toBe(400);
  });

  it('counts by the address that the web server gives, whatever a client forges', async () => {
    const { capacity, windowMs } = rateLimits.rpcByAddress;
    const startedAt = performance.now();
    for (let i = 0; i < 50; i++) await send('account.me', { headers: { 'x-forwarded-for': `10.0.0.${i}` } });
    const [left = 0, ...others] = await bucketsLeft('rpcByAddress');
    // It fills up again meanwhile.
    const refilled = ((performance.now() - startedAt) / windowMs) * capacity;
    expect(others).toEqual([]);
    expect(left).toBeGreaterThan(capacity - 51);
    expect(left).toBeLessThan(capacity - 49 + refilled);
  });

  it('answers nobody where no web server stands in front', async () => {
    const request = new Request('http://web.test/api/trpc/account.me', { headers: { cookie } });
    const response = await answerRpc(request, plane.services);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('x-modelyard-client-address');
  });

  it.each([
    ['another origin', { origin: 'https://evil.test' }, 403],
    ['another origin with our name in it', { origin: 'http://web.test.evil.test' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
    ['a form', { 'content-type': 'text/plain' }, 415],
    ['a form of another kind', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a file', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
  ])('changes nothing for %s', async (_, headers, status) => {
    const response = await mutation(
      'apiKey.create',
      { workspaceId: person.workspaceId, name: 'Forged' },
      headers,
    );
    expect(response.status).toBe(status);
    expect(await plane.services.db.apiKey.count()).toBe(0);
  });

  it('changes nothing by GET', async () => {
    const input = encodeURIComponent(
      JSON.stringify(superjson.serialize({ workspaceId: person.workspaceId, name: 'x' })),
    );
    const response = await send(`apiKey.create?input=${input}`, { headers: { cookie } });
    expect(response.status).toBe(405);
    expect(await plane.services.db.apiKey.count()).toBe(0);
    expect((await send('account.me', { method: 'DELETE', headers: { cookie } })).status).toBe(405);
  });

  it.each([
    ['no JSON', '{"json":', 400],
    ['nothing', '', 400],
    ['an array', '[]', 400],
    ['null', 'null', 400],
    ['a number', '7', 400],
    ['too much', JSON.stringify({ json: 'x'.repeat(rpcLimits.bodyBytesMax) }), 413],
    ['a kind that nothing has', '{"json":"x","meta":{"values":[["custom","x"]],"v":1}}', 400],
    ['a place that is not there', '{"json":"x","meta":{"values":{"a.b":["Date"]},"v":1}}', 400],
    ['lists a hundred thousand deep', `{"json":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
    ['a polluted prototype', '{"json":{"__proto__":{"workspaceId":"x"}},"meta":{"values":{}}}', 400],
  ])('refuses a body of %s', async (_, body, status) => {
    const response = await send('apiKey.create', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('stack');
  });

  it('stops reading a body that is longer than it says', async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(64 * 1_024));
      },
    });
    const request = new Request('http://web.test/api/trpc/apiKey.create', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', 'x-modelyard-client-address': '203.0.113.5' },
      body: endless,
      duplex: 'half',
    } as RequestInit);
    expect((await answerRpc(request, plane.services)).status).toBe(413);
    expect(pulled).toBeLessThan(12);
  });

  it('hides what broke, and logs its place without the input', async () => {
    const broken = {
      ...plane.services,
      modelCards: {
        ...plane.services.modelCards,
        list: () => Promise.reject(new Error('marked-private-detail')),
      },
    };
    const request = new Request('http://web.test/api/trpc/model.cards', {
      headers: { 'x-modelyard-client-address': '203.0.113.5' },
    });
    const response = await answerRpc(request, broken);
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain('"domainCode":"internal"');
    expect(text).not.toContain('marked-private-detail');
    const line = plane.logLines.at(-1) ?? '';
    expect(line).toContain(response.headers.get('x-request-id'));
    expect(line).toContain('answer-rpc.test.ts');
    expect(line).not.toContain('marked-private-detail');
  });
});
