import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { fakeTextGenerator } from '#workers/model-runtime/fake/fake-text-generator.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { readBooks } from '../testing/books.ts';
import { call, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

const endless = Array.from({ length: 2_000 }, () => 'x');
let database: TestDatabase;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(() => database.drop());

const books = () => readBooks(database.pool, workspaceId);
const body = (more: object = {}) => ({ prompt: 'two words', max_tokens: 2_000, stream: true, ...more });
const slow = (ending: AbortController) =>
  gatewayUnderTest(database, {
    ending: ending.signal,
    generator: { answerOf: () => endless, tokenMs: 5 },
  });

it.each([
  ['/v1/completions', body()],
  ['/generate_stream', { inputs: 'two words', parameters: { max_new_tokens: 2_000 } }],
])(
  'a stream that is cut since the process stops says so in the words of its family (%s)',
  async (path, given) => {
    const ending = new AbortController();
    const door = slow(ending);
    const answer = call(door, { key, path, body: given });
    await eventually(() => expect(door.generator.running).toBe(1));
    setTimeout(() => ending.abort(), 100);
    const { status, text } = await answer;
    expect(status).toBe(200);
    const { error, ...beside } = parseEvents(text).at(-1)?.json ?? {};
    expect(typeof error === 'string' ? beside.code : error.code).toBe('server_stopping');
    const { spent, ledgerUnits, holds } = await books();
    expect(spent).toBeGreaterThan(2);
    expect([ledgerUnits, holds]).toEqual([spent, 0]);
    expect(door.logged.filter(({ level }) => level === 'error')).toEqual([]);
  },
);

it('a request whose text the model has not begun is refused, unbilled, and so is one that comes later', async () => {
  const ending = new AbortController();
  const fake = fakeTextGenerator();
  let isAsked = false;
  const generatorRuntime: TextGenerator = {
    ...fake,
    async *generate(input, options) {
      isAsked = true;
      if (!options.signal.aborted) await once(options.signal, 'abort');
      yield* fake.generate(input, options);
    },
  };
  const door = gatewayUnderTest(database, { ending: ending.signal, generatorRuntime });
  const waiting = call(door, { key, path: '/v1/completions', body: body() });
  await eventually(() => expect(isAsked).toBe(true));
  ending.abort();
  for (const { status, json, headers } of [
    await waiting,
    await call(door, { key, path: '/v1/completions', body: body() }),
  ]) {
    expect([status, json.error.code, headers.get('retry-after')]).toEqual([503, 'server_stopping', '1']);
    expect(json.error.message).toContain('not billed');
  }
  expect(await books()).toMatchObject({ spent: 0, heldUnits: 0, holds: 0 });
});

it('a text that came to its own end is told as that, though the process stops meanwhile', async () => {
  const ending = new AbortController();
  const door = gatewayUnderTest(database, {
    ending: ending.signal,
    generator: { answerOf: () => ['a', 'b'] },
  });
  const settle = door.metering.settle;
  vi.spyOn(door.metering, 'settle').mockImplementation((...given) => {
    ending.abort();
    return settle(...given);
  });
  const { text } = await call(door, { key, path: '/v1/completions', body: body() });
  expect(ending.signal.aborted).toBe(true);
  expect(text).toContain('[DONE]');
  expect(text).not.toContain('server_stopping');
});
