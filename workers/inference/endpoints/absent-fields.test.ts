import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BodySchema } from '#server/testing/bad-bodies.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { exampleRequests } from '../openapi/examples/requests.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';

interface Described {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: BodySchema }>> };
}

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let document: {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, BodySchema>> };
};

beforeAll(async () => {
  database = await createTestDatabase();
  const { id: workspaceId } = await createWorkspace(database.prisma);
  await database.prisma.workspace.update({ where: { id: workspaceId }, data: { keepsFeedback: true } });
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  door = gatewayUnderTest(database, { generator: { tokenMs: 0 } });
  document = (await call(door, { method: 'GET', path: '/v1/openapi.json' })).json;
});
afterAll(() => database.drop());

/** Clients that are generated, or written in languages with classes, write out the fields that nobody has set. */
it('takes null for every field that may be left out, on every operation', async () => {
  let fields = 0;
  for (const [path, { post }] of Object.entries(document.paths)) {
    const example = exampleRequests[post?.operationId ?? ''] as Record<string, unknown> | undefined;
    if (!post || !example) continue;
    const absent = optionalFields(post, example);
    const nulls = Object.fromEntries(absent.map((name) => [name, null]));
    const plain = await call(door, { key, path, body: example });
    const answer = await call(door, { key, path, body: { ...example, ...nulls } });
    expect(answer.status, `${post.operationId}, ${absent.join()}: ${answer.text}`).toBe(plain.status);
    expect(answer.json?.error?.code).toBe(plain.json?.error?.code);
    fields += absent.length;
  }
  expect(fields).toBeGreaterThan(60);
});

it('takes a picture whose other source is null', async () => {
  const url = { url: 'http://127.0.0.1/cat.jpg', base64: null };
  const answer = await call(door, { key, path: '/v1/images/classify', body: { input: url } });
  expect(answer.json.error.code).toBe('url_not_fetched');
});

/** Of the kind of body that the example is; of a path that takes several kinds, what all of them have. */
function optionalFields({ requestBody }: Described, example: object): string[] {
  const schema = resolved(requestBody?.content['application/json']?.schema ?? {});
  const kinds = (schema.anyOf ?? [schema]).map(resolved);
  const [first, ...others] = kinds.map(({ properties = {}, required = [] }) =>
    Object.keys(properties).filter((name) => !required.includes(name) && !(name in example)),
  );
  return (first ?? []).filter((name) => others.every((names) => names.includes(name)));
}

function resolved(schema: BodySchema): BodySchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}
