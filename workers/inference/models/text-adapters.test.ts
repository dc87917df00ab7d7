import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database, {
    generator: { answerOf: () => ['b', 'a', 's', 'e'] },
    adapters: [
      { id: 'letters-1', answerOf: () => ['o', 'n', 'e'] },
      { id: 'letters-2', answerOf: () => ['t', 'w', 'o'] },
    ],
  });
});
beforeEach(async () => {
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(() => database.drop());

const messages = [{ role: 'user', content: 'two words' }];
const post = (path: string, body: object) => call(door, { key, path, body });

describe('adapted models', () => {
  it('are listed with their base', async () => {
    const { json } = await call(door, { key, path: '/v1/models', method: 'GET' });
    const written = json.data.filter(({ tasks }: { tasks: string[] }) => tasks.includes('text-generation'));
    expect(written.map(({ id }: { id: string }) => id)).toEqual(['text-1', 'letters-1', 'letters-2']);
  });

  it.each([
    ['/v1/text/generate', { prompt: 'two words' }],
    ['/v1/chat/completions', { messages }],
    ['/v1/completions', { prompt: 'two words' }],
  ])('are called by their names at %s; without one the base is', async (path, body) => {
    for (const [model, answer] of [
      [undefined, 'base'],
      ['letters-1', 'one'],
      ['letters-2', 'two'],
    ] as const) {
      const { status, json, text } = await post(path, { ...body, ...(model ? { model } : {}) });
      expect(status).toBe(200);
      expect(json.model).toBe(model ?? 'text-1');
      expect(text).toContain(`"${answer}"`);
    }
  });

  it.each([
    ['/models/letters-2', { inputs: 'two words', parameters: { return_full_text: false } }],
    ['/models/letters-2/v1/chat/completions', { messages }],
    ['/models/letters-2/v1/completions', { prompt: 'two words' }],
  ])('are called below their names as Hugging Face does: %s', async (path, body) => {
    const { status, text } = await post(path, body);
    expect(status).toBe(200);
    expect(text).toContain('"two"');
  });

  it('are metered as their base is, with their own version in the ledger', async () => {
    await post('/v1/text/generate', { prompt: 'two words', model: 'letters-1' });
    const [row] = await database.prisma.usageRecord.findMany({ where: { workspaceId } });
    expect(row).toMatchObject({ inputUnits: 2n, outputUnits: 3n });
    expect(row?.modelVersion).toMatch(/^letters-1@/);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({
      ledger: 1,
      ledgerUnits: 5,
      holds: 0,
    });
  });

  it.each(['letters-3', 'sentiment-1', ''])(
    'answer to no other name: %j is not found, and free',
    async (model) => {
      const { status, json } = await post('/v1/chat/completions', { messages, model });
      expect(status).toBe(404);
      expect(json.error).toMatchObject({ param: 'model' });
      expect(json.error.message).toContain('text-1, letters-1, letters-2');
      expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 0, holds: 0 });
    },
  );

  it('have operations of their own in the description', async () => {
    const { json } = await call(door, { method: 'GET', path: '/v1/openapi.json' });
    const operations = Object.values<Record<string, { operationId: string }>>(json.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(new Set(operations).size).toBe(operations.length);
    expect(json.paths).toHaveProperty(['/models/letters-1/v1/completions']);
  });

  it('are held by the key that names them alone', async () => {
    const { key: own } = await createApiKey(database.prisma, { workspaceId, models: ['letters-1'] });
    const status = async (model: string) => {
      const body = { messages, model };
      return (await call(door, { key: own, path: '/v1/chat/completions', body })).status;
    };
    expect([await status('letters-1'), await status('letters-2'), await status('text-1')]).toEqual([
      200, 403, 403,
    ]);
  });

  it('keep to the policy of whoever runs the service, as their base does', async () => {
    const strict = gatewayUnderTest(database, {
      adapters: [{ id: 'letters-1' }],
      safetyPolicy: { deny: ['two words'] },
    });
    for (const model of ['text-1', 'letters-1']) {
      const { status, json } = await call(strict, {
        key,
        path: '/v1/chat/completions',
        body: { messages, model },
      });
      expect([status, json.error.code]).toEqual([400, 'content_policy_violation']);
    }
  });

  it('never have a name twice', () => {
    expect(() => gatewayUnderTest(database, { adapters: [{ id: 'text-1' }] })).toThrow(
      'POST /models/text-1 is served twice',
    );
  });
});
