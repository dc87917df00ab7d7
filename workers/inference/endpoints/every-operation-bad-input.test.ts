import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BadBody, type BodySchema, badBodies } from '#server/testing/bad-bodies.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { exampleRequests } from '../openapi/examples/requests.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: BodySchema }>> };
}
interface Described extends Operation {
  readonly method: string;
  readonly path: string;
}

const REQUESTS_PER_MINUTE = 1_000_000;

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;
let document: { readonly paths: Record<string, Record<string, Operation>> };
let operations: readonly Described[];

beforeAll(async () => {
  database = await createTestDatabase();
  const limits = { requestsPerMinute: REQUESTS_PER_MINUTE, unitsPerMinute: REQUESTS_PER_MINUTE };
  workspaceId = (await createWorkspace(database.prisma, { ...limits, quotaUnits: REQUESTS_PER_MINUTE })).id;
  await database.prisma.workspace.update({ where: { id: workspaceId }, data: { keepsFeedback: true } });
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  // What a mutation leaves right is written at once.
  door = gatewayUnderTest(database, { generator: { tokenMs: 0 } });
  document = (await call(door, { method: 'GET', path: '/v1/openapi.json' })).json;
  operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
});
afterAll(() => database.drop());

type Answer = Awaited<ReturnType<typeof call>>;

/** That an answer is as described, `call` itself checks. */
function expectRefusal({ status, text }: Answer, name: string): void {
  expect(status, `${name}: ${text}`).toBeGreaterThanOrEqual(400);
  expectNoFailure({ status, text }, name);
}

function expectNoFailure({ status, text }: Pick<Answer, 'status' | 'text'>, name: string): void {
  expect(status, `${name}: ${text}`).toBeLessThan(500);
  expect(status, `${name} is held back by a limit`).not.toBe(429);
  expect(text, name).not.toMatch(/\n +at |\.ts\b|node_modules|SELECT|admit\(|postgres|Zod|Unexpected token/);
}

const settled = () => database.prisma.usageRecord.count({ where: { workspaceId, priceMicroUsd: { gt: 0 } } });

describe('every operation that takes JSON', () => {
  it('refuses what its description refuses, fails at nothing, and bills what it answers', async () => {
    const takers = operations.filter(({ operationId }) => operationId in exampleRequests);
    expect(takers.length).toBe(Object.keys(exampleRequests).length);
    let sent = 0;
    for (const operation of takers) {
      const isRight = validator(operation);
      let answered = 0;
      const before = await settled();
      await inTwenties(bodiesFor(operation), async (bad) => {
        const name = `${operation.operationId}, ${bad.name}`;
        const answer = await call(door, { key, path: operation.path, rawBody: bad.raw });
        if (isRight(bad)) expectNoFailure(answer, name);
        else expectRefusal(answer, name);
        if (answer.status === 200 && isMetered(operation)) answered++;
        sent++;
      });
      expect((await settled()) - before, operation.operationId).toBe(answered);
    }
    expect(sent).toBeGreaterThan(2_000);
  }, 240_000);

  it('takes it as nothing but JSON', async () => {
    for (const { operationId, path, requestBody } of operations) {
      const types = Object.keys(requestBody?.content ?? {});
      if (types.length === 0) continue;
      for (const contentType of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'x']) {
        if (types.includes(contentType)) continue;
        const answer = await call(door, { key, path, rawBody: '<a/>', contentType });
        expect(answer.status, `${operationId}, ${contentType}: ${answer.text}`).toBe(415);
      }
    }
  });
});

describe('every operation that takes a form or a picture', () => {
  it.each([
    ['multipart/form-data', 'no boundary'],
    ['multipart/form-data; boundary=x', 'not a form'],
    ['multipart/form-data; boundary=x', '--x\r\n\r\n--x--'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="image"\r\n\r\n\0\r\n--x--\r\n',
    ],
    [
      'multipart/form-data; boundary=x',
      `--x\r\nContent-Disposition: form-data; name="${'n'.repeat(9_000)}"\r\n\r\n`,
    ],
    ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['image/', ''],
  ])('refuses %s that is none: %j', async (contentType, rawBody) => {
    const before = await settled();
    for (const { operationId, path, requestBody } of operations) {
      const types = Object.keys(requestBody?.content ?? {});
      if (!types.some((type) => type.startsWith('multipart/') || type.startsWith('image/'))) continue;
      const answer = await call(door, { key, path, rawBody: Buffer.from(rawBody, 'latin1'), contentType });
      expectRefusal(answer, operationId);
    }
    expect(await settled()).toBe(before);
  });
});

describe('every operation', () => {
  it('takes its own methods and no other', async () => {
    for (const path of Object.keys(document.paths)) {
      const own = Object.keys(document.paths[path] ?? {}).map((method) => method.toUpperCase());
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !own.includes(one))) {
        const answer = await call(door, { key, method, path: path.replaceAll(/\{\w+\}/g, 'x') });
        expect(answer.status, `${method} ${path}`).toBe(405);
        expect(answer.headers.get('allow')?.split(', ')).toEqual(own);
      }
    }
  });

  it('answers no key with 401, before it reads anything', async () => {
    for (const { method, path, security, operationId } of operations) {
      if (security.length === 0) continue;
      const answer = await call(door, { method, path: path.replaceAll(/\{\w+\}/g, 'x') });
      expect(answer.status, operationId).toBe(401);
    }
  });

  it.each([
    '',
    'x',
    '-1',
    '0',
    '1e400',
    '9007199254740993',
    '%00',
    '%ff',
    '%ud800',
    '..%2f..%2fetc%2fpasswd',
    "'%20OR%201=1",
    'null',
    '🙂',
    'x'.repeat(5_000),
  ])('that takes parameters refuses or ignores %j in them', async (value) => {
    for (const { method, path, parameters = [], operationId } of operations) {
      for (const parameter of parameters.filter((one) => one.in === 'query')) {
        const query = `${parameter.name}=${value}&${parameter.name}=${value}`;
        const answer = await call(door, { key, method, path: `${path}?${query}` });
        expectNoFailure(answer, `${operationId}, ${parameter.name}`);
      }
      if (value === '' || !path.includes('{')) continue;
      const answer = await call(door, { key, method, path: path.replaceAll(/\{\w+\}/g, value) });
      expectRefusal(answer, operationId);
    }
  });
});

async function inTwenties<One>(ones: readonly One[], run: (one: One) => Promise<void>): Promise<void> {
  for (let from = 0; from < ones.length; from += 20) await Promise.all(ones.slice(from, from + 20).map(run));
}

function bodiesFor(operation: Described): readonly BadBody[] {
  const example = exampleRequests[operation.operationId] ?? {};
  return badBodies(example, schemaOf(operation), resolved);
}

function isMetered({ path }: Described): boolean {
  return !['/v1/feedback', '/v1/batches'].includes(path);
}

function schemaOf({ requestBody }: Operation): BodySchema {
  return requestBody?.content['application/json']?.schema ?? {};
}

function resolved(schema: BodySchema): BodySchema {
  if (!schema.$ref) return schema;
  let at: unknown = document;
  for (const part of schema.$ref.slice('#/'.length).split('/')) at = (at as Record<string, unknown>)[part];
  return at as BodySchema;
}

/** Whether a body is right by its description. */
function validator(operation: Described): (body: BadBody) => boolean {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document as object, 'document');
  const path = operation.path.replaceAll('~', '~0').replaceAll('/', '~1');
  const pointer = ['paths', path, 'post', 'requestBody', 'content', 'application~1json', 'schema'];
  const validate = ajv.getSchema(`document#/${pointer.map(encodeURIComponent).join('/')}`);
  if (!validate) throw new Error(`${operation.operationId} has no schema.`);
  return ({ raw }) => {
    // A name that JavaScript's objects have anyway, which is not read: nothing to refuse, nothing to fail at.
    if (raw.includes('__proto__')) return true;
    let body: unknown;
    try {
      body = JSON.parse(raw);
    } catch {
      return false;
    }
    return validate(body) as boolean;
  };
}
