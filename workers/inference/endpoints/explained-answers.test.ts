import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { type FormEntry, formOf, gif, png } from '../testing/pictures.ts';

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

const post = (path: string, body: object) => call(door, { key, path, body });
const postForm = (...entries: readonly FormEntry[]) =>
  call(door, { key, path: '/v1/images/classify', rawBody: formOf(...entries), contentType: null });

/** Of a workspace that has called before. */
async function spentUnits(): Promise<number> {
  const { spent, ledgerUnits, heldUnits, heldRequests } = await readBooks(database.pool, workspaceId);
  expect({ ledgerUnits, heldUnits, heldRequests }).toEqual({
    ledgerUnits: spent,
    heldUnits: 0,
    heldRequests: 0,
  });
  return spent;
}

/** What an explanation by itself has that one beside an answer has not. */
function partOf({ id, object, model, score, seed, usage, ...part }: Record<string, unknown>) {
  expect({ id, object, model, score, seed, usage }).not.toContain(undefined);
  return part;
}

describe('a text that is explained beside its answer', () => {
  const texts = ['a dull, slow film', 'good', 'a wonderful film with some dull moments'];

  it('has the explanation that it has by itself', async () => {
    const { status, json } = await post('/v1/sentiment', { input: texts, explain: true });
    expect(status).toBe(200);
    const plain = await post('/v1/sentiment', { input: texts });
    for (const [index, input] of texts.entries()) {
      const { explanation, ...answer } = json.data[index];
      expect(answer).toEqual(plain.json.data[index]);
      const alone = await post('/v1/explanations', { input });
      expect(explanation).toEqual(partOf(alone.json));
    }
  });

  it('costs what both cost', async () => {
    await post('/v1/sentiment', { input: texts });
    const before = await spentUnits();
    const { json } = await post('/v1/sentiment', { input: texts, explain: true });
    const runs = json.data.reduce(
      (sum: number, entry: { explanation: { runs: number } }) => sum + entry.explanation.runs,
      0,
    );
    // The fake model counts one token a text.
    expect(json.usage).toMatchObject({ units: texts.length + runs, input_tokens: texts.length + runs });
    expect(await spentUnits()).toBe(before + texts.length + runs);
  });

  it('is not explained unasked', async () => {
    for (const body of [{ input: texts }, { input: texts, explain: false }]) {
      const { json } = await post('/v1/sentiment', body);
      for (const entry of json.data) expect(entry).not.toHaveProperty('explanation');
    }
  });

  it('is one of a few, and short', async () => {
    const many = await post('/v1/sentiment', { input: new Array(9).fill('good'), explain: true });
    expect(many.status).toBe(400);
    expect(many.json.error).toMatchObject({
      code: 'invalid_request',
      param: 'explain',
      message: 'At most 8 texts are explained in a request.',
    });
    const long = await post('/v1/sentiment', { input: ['good', 'a'.repeat(2001)], explain: true });
    expect(long.json.error).toMatchObject({ code: 'input_too_long', param: 'input[1]' });
    const odd = await post('/v1/sentiment', { input: 'good', explain: 'shap' });
    expect(odd.json.error).toMatchObject({ param: 'explain', message: 'explain is true or false.' });
  });
});

describe('a picture that is explained beside its answer', () => {
  const sources = [png, gif].map((bytes) => ({ base64: bytes.toString('base64') }));

  it('has the explanation that it has by itself, and costs what both cost', async () => {
    const plain = await post('/v1/images/classify', { input: sources, top_k: 2 });
    const before = await spentUnits();
    const { status, json } = await post('/v1/images/classify', { input: sources, explain: true, top_k: 2 });
    expect(status).toBe(200);
    const spent = (await spentUnits()) - before;
    let runs = 0;
    for (const [index, input] of sources.entries()) {
      const { explanation, ...answer } = json.data[index];
      expect(answer).toEqual(plain.json.data[index]);
      const alone = await post('/v1/explanations', { input });
      expect(explanation).toEqual(partOf(alone.json));
      runs += explanation.runs;
    }
    expect(json.usage).toMatchObject({ images: 2, units: 2 + runs });
    expect(spent).toBe(2 + runs);
  });

  it('may come in a form', async () => {
    const asked = await postForm(['image', png], ['explain', 'true']);
    expect(asked.status).toBe(200);
    expect(asked.json.data[0].explanation.heat_map.base64).toMatch(/^iVBOR/);
    const not = await postForm(['image', png], ['explain', 'false']);
    expect(not.json.data[0]).not.toHaveProperty('explanation');
    const odd = await postForm(['image', png], ['explain', 'yes']);
    expect(odd.json.error).toMatchObject({ param: 'explain', message: 'explain is true or false.' });
  });

  it('is one of a few', async () => {
    const { status, json } = await post('/v1/images/classify', {
      input: new Array(5).fill(sources[0]),
      explain: true,
    });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({
      param: 'explain',
      message: 'At most 4 pictures are explained in a request.',
    });
  });
});

describe('whether a text is stored', () => {
  it('may be said to be no, and not to be yes', async () => {
    expect((await post('/v1/sentiment', { input: 'good', store: false })).status).toBe(200);
    const { status, json } = await post('/v1/sentiment', { input: 'good', store: true });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({
      param: 'store',
      message: 'Nothing that is sent here is stored. Leave store out.',
    });
  });
});
