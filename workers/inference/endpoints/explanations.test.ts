import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { fakeTextClassifier } from '#workers/model-runtime/fake/fake-text-classifier.ts';
import type { TextClassifier } from '#workers/model-runtime/model-runtime.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';

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

const explain = (body: object, through = door) => call(through, { key, path: '/v1/explanations', body });

/** What the ledger has of this workspace: rows, units, and what is still held. */
async function ledger() {
  const [sums] = await database.prisma.$queryRaw<{ spent: bigint; held: bigint }[]>`
    SELECT coalesce(sum(spent_units), 0)::bigint spent, coalesce(sum(held_units + held_requests), 0)::bigint held
    FROM allowances WHERE workspace_id = ${workspaceId}::uuid AND period_start > '2000-01-01'`;
  return { spent: Number(sums?.spent ?? 0), held: Number(sums?.held ?? 0) };
}

describe('an explanation', () => {
  const input = 'a dull, slow film';

  it('names every word with its place and its value', async () => {
    const { status, json } = await explain({ input });
    expect(status).toBe(200);
    expect(json).toMatchObject({ object: 'explanation', method: 'occlusion', model: 'sentiment-1', seed: 0 });
    expect(json.data.map(({ text }: { text: string }) => text)).toEqual(['a', 'dull', ',', 'slow', 'film']);
    for (const { text, start, end } of json.data) expect(input.slice(start, end)).toBe(text);
    expect(json.faithfulness.deletion_area).toBeGreaterThan(0);
    expect(json.faithfulness.insertion_area).toBeLessThanOrEqual(1);
  });

  it("adds up to the score less the empty text's, by shap", async () => {
    const { json } = await explain({ input, method: 'shap', label: 'positive' });
    const sum = json.data.reduce((all: number, { value }: { value: number }) => all + value, 0);
    expect(json.label).toBe('positive');
    expect(sum).toBeCloseTo(json.score - json.base_score, 9);
  });

  it('is the same for the same seed', async () => {
    const long = Array.from({ length: 20 }, (_, index) => `word${index}`).join(' ');
    const values = async (seed: number) =>
      (await explain({ input: long, method: 'lime', samples: 64, seed })).json.data;
    expect(await values(1)).toEqual(await values(1));
    expect(await values(1)).not.toEqual(await values(2));
  });

  it('costs what its runs cost, and holds nothing after', async () => {
    const before = await ledger();
    const { json } = await explain({ input });
    // The fake model counts one token a text: the whole, the empty one, 5 words, twice 4 steps of faithfulness.
    expect(json.runs).toBe(2 + 5 + 8);
    expect(json.usage).toMatchObject({ units: 15, input_tokens: 15, price_micro_usd: 15 });
    const after = await ledger();
    expect(after).toEqual({ spent: before.spent + 15, held: 0 });
  });

  it('of one word takes two runs', async () => {
    const { json } = await explain({ input: 'dull', method: 'shap' });
    expect(json.runs).toBe(2);
    expect(json.data[0].value).toBeCloseTo(json.score - json.base_score, 12);
  });

  it('of a long text takes neighbours together', async () => {
    const long = Array.from({ length: 300 }, () => 'word').join(' ');
    const { status, json } = await explain({ input: long });
    expect(status).toBe(200);
    expect(json.data.length).toBeLessThanOrEqual(explanationLimits.unitsMax);
  });
});

it('explains a text that fits, also where taking a word out makes it longer', async () => {
  const { gateway } = gatewayUnderTest(database, { model: { refuseOn: (text) => text === 'ab' } });
  const { status, text } = await call({ gateway }, { key, path: '/v1/explanations', body: { input: 'a-b' } });
  expect(status, text).toBe(200);
});

it('runs with as many units left as it costs', async () => {
  const runtime = fakeTextClassifier();
  const tokensOf = (text: string) => (text === '' ? 0 : 1);
  const counting: TextClassifier = {
    ...runtime,
    costBound: ({ text }) => tokensOf(text),
    run: async (inputs, signal) =>
      (await runtime.run(inputs, signal)).map((output, index) => ({
        ...output,
        inputTokens: tokensOf(inputs[index]?.text ?? ''),
      })),
  };
  const { gateway } = gatewayUnderTest(database, { classifierRuntime: counting });
  const { id } = await createWorkspace(database.prisma, { quotaUnits: 1 });
  const { key: last } = await createApiKey(database.prisma, { workspaceId: id });
  const asked = { key: last, path: '/v1/explanations', body: { input: 'dull' } };
  const answer = await call({ gateway }, asked);
  expect(answer.json.usage).toMatchObject({ units: 1 });
  expect((await call({ gateway }, asked)).json.error.code).toBe('insufficient_quota');
});

describe('refused, and nothing billed', () => {
  it.each([
    ['no text', {}, 'input'],
    ['an empty text', { input: '  ' }, 'input'],
    ['a list', { input: ['a', 'b'] }, 'input'],
    ['a text too long', { input: 'x'.repeat(explanationLimits.textCharactersMax + 1) }, 'input'],
    ['a text with nothing to read', { input: '\u0001 \u200b' }, 'input'],
    ['half a surrogate pair', { input: 'a \ud800' }, 'input'],
    ['another method', { input: 'a', method: 'attention' }, 'method'],
    ['another label', { input: 'a', label: 'angry' }, 'label'],
    ['too many samples', { input: 'a', samples: explanationLimits.samplesMax + 1 }, 'samples'],
    ['half a sample', { input: 'a', samples: 2.5 }, 'samples'],
    ['a seed below zero', { input: 'a', seed: -1 }, 'seed'],
    ['samples too few for the words', { input: 'a b c d e f g h', method: 'shap', samples: 4 }, 'samples'],
    ['an unknown field', { input: 'a', depth: 3 }, 'depth'],
    ['another model', { input: 'a', model: 'sentiment-9' }, 'model'],
  ])('%s', async (_name, body, param) => {
    const before = await ledger();
    const { status, json } = await explain(body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(json.error.param).toBe(param);
    expect(await ledger()).toEqual(before);
  });

  it('a model that fails halfway', async () => {
    const failing = gatewayUnderTest(database, { model: { failOn: (text) => text === 'a film' } });
    const before = await ledger();
    const { status, json } = await explain({ input: 'a dull film' }, failing);
    expect(status).toBe(503);
    expect(json.error.code).toBe('model_unavailable');
    expect(await ledger()).toEqual(before);
  });

  it('a text that the model finds too long, after one run, and without advice that this path refuses', async () => {
    const short = gatewayUnderTest(database, { model: { refuseOn: (text) => text.length > 10 } });
    const { status, json } = await explain({ input: 'a very dull film', method: 'shap' }, short);
    expect(status).toBe(422);
    expect(json.error).toMatchObject({ code: 'input_too_long', param: 'input' });
    expect(json.error.message).not.toContain('truncate');
    expect(short.runtime.batches.flat()).toHaveLength(1);
  });

  it('a text of too many characters as one that is too long', async () => {
    const { status, json } = await explain({ input: 'x'.repeat(explanationLimits.textCharactersMax + 1) });
    expect({ status, code: json.error.code }).toEqual({ status: 422, code: 'input_too_long' });
  });

  it('a caller who leaves', async () => {
    const slow = gatewayUnderTest(database, { model: { latencyMs: 300 } });
    const before = await ledger();
    const signal = AbortSignal.timeout(50);
    await call(slow, { key, path: '/v1/explanations', body: { input: 'a dull film' }, signal });
    expect(await ledger()).toEqual(before);
  });
});
