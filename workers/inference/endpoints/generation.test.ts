import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parsePublicRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { ledgerRowOf } from '../testing/ledger-row.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database, { generator: { answerOf: (_, choice) => letters.slice(choice) } });
});
beforeEach(async () => {
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(() => database.drop());

const generate = (body: object) => call(door, { key, path: '/v1/text/generate', body });
const messages = [{ role: 'user', content: 'two words' }];
const ledgerRow = () => ledgerRowOf(database, workspaceId);

describe('POST /v1/text/generate', () => {
  it('answers whole, with the receipt that stands in the ledger', async () => {
    const { status, json } = await generate({ prompt: 'two words', n: 2 });
    expect(status).toBe(200);
    expect(json).toEqual({
      id: expect.stringMatching(/^req_[0-9a-f]{32}$/),
      object: 'text_generation',
      model: 'text-1',
      data: [
        { index: 0, text: 'abcdef', finish_reason: 'stop' },
        { index: 1, text: 'bcdef', finish_reason: 'stop' },
      ],
      usage: { input_tokens: 2, cached_tokens: 0, output_tokens: 11, units: 13, price_micro_usd: 24 },
    });
    expect(await ledgerRow()).toEqual({
      id: parsePublicRequestId(json.id),
      statusClass: 2,
      inputTokens: 2,
      outputTokens: 11,
      price: 24,
    });
  });

  it('streams started, text and finished, the last once it is settled', async () => {
    const { status, headers, text } = await generate({ messages, n: 2, stream: true });
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-request-id': expect.stringMatching(/^req_/),
      'x-ratelimit-limit-requests': '120000',
    });
    const events = parseEvents(text);
    const id = headers.get('x-request-id');
    expect(
      events.every(({ name, json }) => json.id === id && json.object === `text_generation.${name}`),
    ).toBe(true);
    expect(events[0]?.json).toEqual({
      id,
      object: 'text_generation.started',
      model: 'text-1',
      input_tokens: 9,
      cached_tokens: 0,
    });
    const written = [0, 1].map((choice) =>
      events.map(({ name, json }) => (name === 'text' && json.index === choice ? json.text : '')).join(''),
    );
    expect(written).toEqual(['abcdef', 'bcdef']);
    expect(events.at(-1)?.json).toMatchObject({
      object: 'text_generation.finished',
      data: [
        { index: 0, finish_reason: 'stop' },
        { index: 1, finish_reason: 'stop' },
      ],
      usage: { input_tokens: 9, output_tokens: 11, units: 20, price_micro_usd: 31 },
    });
    expect(await ledgerRow()).toMatchObject({ inputTokens: 9, outputTokens: 11, price: 31 });
  });

  it('hands the model every field', async () => {
    await generate({
      prompt: 'two words',
      model: 'text-1',
      max_tokens: 3,
      temperature: 0.1,
      top_p: 0.2,
      top_k: 4,
      min_p: 0.3,
      seed: -1,
      stop: ['x', 'y'],
      repetition_penalty: 1.1,
      presence_penalty: 0.4,
      frequency_penalty: -0.5,
      logit_bias: { 7: -100 },
      logprobs: 2,
      response_format: { type: 'json_object' },
      truncate: true,
    });
    expect(door.generator.generations.at(-1)).toEqual({
      prompt: { kind: 'text', text: 'two words' },
      truncate: true,
      outputTokensMax: 3,
      choices: 1,
      sampling: {
        temperature: 0.1,
        topP: 0.2,
        topK: 4,
        minP: 0.3,
        seed: 2 ** 32 - 1,
        repetitionPenalty: 1.1,
        presencePenalty: 0.4,
        frequencyPenalty: -0.5,
        logitBias: [[7, -100]],
      },
      stop: ['x', 'y'],
      logprobs: 2,
      format: { kind: 'json' },
    });
  });

  it('tells whether the prompt was cut, where that was asked for', async () => {
    const narrow = gatewayUnderTest(database, { generator: { contextTokens: 4 } });
    const body = { prompt: 'one two three four', truncate: true };
    const { json } = await call(narrow, { key, path: '/v1/text/generate', body });
    expect(json).toMatchObject({ truncated: true, usage: { input_tokens: 2 } });
    const streamed = await call(narrow, { key, path: '/v1/text/generate', body: { ...body, stream: true } });
    expect(parseEvents(streamed.text)[0]?.json).toMatchObject({ truncated: true });
  });

  it.each([false, true])('ends before a stop sequence, and bills its tokens (stream: %s)', async (stream) => {
    const { json, text } = await generate({ prompt: 'two words', stop: 'cd', stream });
    const written = stream
      ? parseEvents(text)
          .map((event) => event.json.text ?? '')
          .join('')
      : json.data[0].text;
    expect(written).toBe('ab');
    expect(await ledgerRow()).toMatchObject({ inputTokens: 2, outputTokens: 4 });
  });
});

describe('what a text costs', () => {
  it('is measured by model, without a word of the text', async () => {
    await generate({ prompt: 'two words', stream: true });
    const { text } = await call(door, { method: 'GET', path: '/metrics' });
    expect(text).toContain('inference_first_token_seconds_count{route="/v1/text/generate"}');
    expect(text).toMatch(/inference_tokens_total\{model="text-1",kind="output"\} \d/);
    expect(text).toContain('inference_answers_total{route="/v1/text/generate",status="200",code="ok"}');
  });

  it('is refused for a key without the scope', async () => {
    const { key: narrow } = await createApiKey(database.prisma, { workspaceId, scopes: ['sentiment'] });
    const { status, json } = await call(door, {
      key: narrow,
      path: '/v1/text/generate',
      body: { prompt: 'x' },
    });
    expect([status, json.error.code]).toEqual([403, 'scope_missing']);
  });

  it('is counted for its own workspace alone', async () => {
    const other = await createWorkspace(database.prisma);
    await generate({ prompt: 'two words', stream: true });
    expect(await readBooks(database.pool, other.id)).toMatchObject({ ledger: 0, spent: 0 });
  });
});
