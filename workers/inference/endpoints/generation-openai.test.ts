import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { ledgerRowOf } from '../testing/ledger-row.ts';
import { type OpenAiShape, openAiMismatch } from '../testing/openai-shapes.ts';
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

const chat = (body: object) => call(door, { key, path: '/v1/chat/completions', body });
const complete = (body: object) => call(door, { key, path: '/v1/completions', body });
const messages = [{ role: 'user', content: 'two words' }];
const ledgerRow = () => ledgerRowOf(database, workspaceId);

it("holds answers against OpenAI's own description", () => {
  expect(openAiMismatch('CreateCompletionResponse', { object: 'text_completion', choices: 3 })).toContain(
    'choices',
  );
});

function expectShape(shape: OpenAiShape, value: unknown) {
  expect(openAiMismatch(shape, value)).toBeNull();
}

describe('POST /v1/chat/completions', () => {
  it('answers as OpenAI describes it', async () => {
    const { status, json } = await chat({
      model: 'text-1',
      messages,
      max_tokens: 4,
      logprobs: true,
      top_logprobs: 1,
    });
    expect(status).toBe(200);
    expectShape('CreateChatCompletionResponse', json);
    expect(json).toMatchObject({
      object: 'chat.completion',
      system_fingerprint: 'text-1@fake0000',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'abcd', refusal: null }, finish_reason: 'length' },
      ],
      usage: {
        prompt_tokens: 9,
        completion_tokens: 4,
        total_tokens: 13,
        prompt_tokens_details: { cached_tokens: 0 },
      },
    });
    expect(json.choices[0].logprobs.content.map(({ token }: { token: string }) => token)).toEqual(
      letters.slice(0, 4),
    );
    expect(json.id).toMatch(/^chatcmpl-[0-9a-f]{32}$/);
    expect(await ledgerRow()).toMatchObject({ inputTokens: 9, outputTokens: 4, price: 17 });
  });

  it('has a list of log probabilities where they are asked for, also of an answer of no token', async () => {
    const silent = gatewayUnderTest(database, { generator: { answerOf: () => [] } });
    const ask = (path: string, body: object) => call(silent, { key, path, body });
    const { json } = await ask('/v1/chat/completions', { messages, logprobs: true });
    expectShape('CreateChatCompletionResponse', json);
    expect(json.choices[0]).toMatchObject({
      message: { content: '' },
      logprobs: { content: [], refusal: null },
    });
    const own = await ask('/v1/text/generate', { messages, logprobs: 0 });
    expect(own.json.data[0]).toMatchObject({ text: '', logprobs: [] });
    const older = await ask('/v1/completions', { prompt: 'x', logprobs: 1 });
    expect(older.json.choices[0].logprobs).toMatchObject({ tokens: [], text_offset: [] });
    const unasked = await ask('/v1/chat/completions', { messages });
    expect(unasked.json.choices[0].logprobs).toBeNull();
  });

  it('streams chunks of one id, then [DONE]', async () => {
    const { text } = await chat({ messages, n: 2, stream: true });
    const all = parseEvents(text);
    expect(all.at(-1)?.data).toBe('[DONE]');
    const events = all.slice(0, -1);
    for (const { json } of events) {
      expectShape('CreateChatCompletionStreamResponse', json);
      expect(json).not.toHaveProperty('usage');
      expect(json).not.toHaveProperty('error');
    }
    expect(new Set(events.map(({ json }) => json.id)).size).toBe(1);
    const choices = events.flatMap(({ json }) => json.choices);
    expect(choices[0]).toMatchObject({
      index: 0,
      delta: { role: 'assistant', content: '' },
      finish_reason: null,
    });
    const content = (choice: number) =>
      choices.map(({ index, delta }) => (index === choice ? (delta.content ?? '') : '')).join('');
    expect([content(0), content(1)]).toEqual(['abcdef', 'bcdef']);
    expect(choices.slice(-2)).toEqual([
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
      { index: 1, delta: {}, logprobs: null, finish_reason: 'stop' },
    ]);
  });

  it('adds usage as one more chunk where asked for, null in the others, equal to the ledger', async () => {
    const { text } = await chat({ messages, stream: true, stream_options: { include_usage: true } });
    const events = parseEvents(text).slice(0, -1);
    for (const { json } of events) expectShape('CreateChatCompletionStreamResponse', json);
    const last = events.pop()?.json;
    expect(events.every(({ json }) => json.usage === null)).toBe(true);
    expect(last).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 6, total_tokens: 15 },
    });
    expect(await ledgerRow()).toMatchObject({ inputTokens: 9, outputTokens: 6 });
  });

  it.each(['/v1/chat/completions', '/v1/text/generate', '/models/text-1/v1/chat/completions'])(
    'takes back an answer that was empty, with the next question: %s',
    async (path) => {
      for (const content of ['', '\n', [{ type: 'text', text: '' }]]) {
        const said = [...messages, { role: 'assistant', content }, { role: 'user', content: 'more' }];
        expect((await call(door, { key, path, body: { messages: said, max_tokens: 4 } })).status).toBe(200);
      }
    },
  );

  it('takes content in parts, developers, nulls, and fields that change nothing', async () => {
    const { status } = await chat({
      messages: [
        { role: 'developer', content: 'be brief' },
        {
          role: 'user',
          name: 'ann',
          content: [
            { type: 'text', text: 'two ' },
            { type: 'text', text: 'words' },
          ],
        },
      ],
      tools: [],
      tool_choice: 'auto',
      user: 'u-1',
      metadata: { a: 'b' },
      parallel_tool_calls: true,
      reasoning_effort: 'low',
      store: false,
      stop: null,
      seed: null,
      n: null,
      modalities: ['text'],
      logit_bias: null,
      response_format: { type: 'text' },
    });
    expect(status).toBe(200);
    expect(door.generator.generations.at(-1)).toMatchObject({
      prompt: {
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'two words' },
        ],
      },
      sampling: { temperature: 1, topP: 1 },
    });
  });

  it('takes what other engines know where it asks for nothing, and messages without calls', async () => {
    const { status } = await chat({
      messages: [
        ...messages,
        { role: 'assistant', content: 'more', tool_calls: [], function_call: null, audio: null },
        ...messages,
      ],
      guided_json: null,
      min_tokens: 0,
      ignore_eos: false,
      stop_token_ids: [],
      add_generation_prompt: true,
      continue_final_message: false,
      echo: false,
      best_of: 1,
    });
    expect(status).toBe(200);
  });

  it('prefers max_completion_tokens over its older name', async () => {
    const { json } = await chat({ messages, max_completion_tokens: 2, max_tokens: 5 });
    expect(json.usage.completion_tokens).toBe(2);
  });
});

describe('POST /v1/completions', () => {
  it('answers as OpenAI describes it', async () => {
    const { json } = await complete({
      model: 'text-1',
      prompt: ['two words'],
      n: 2,
      best_of: 2,
      logprobs: 2,
    });
    expectShape('CreateCompletionResponse', json);
    expect(json).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'abcdef', index: 0, finish_reason: 'stop' }, { text: 'bcdef' }],
      usage: { prompt_tokens: 2, completion_tokens: 11, total_tokens: 13 },
    });
    expect(json.choices[0].logprobs).toMatchObject({
      tokens: letters,
      text_offset: [0, 1, 2, 3, 4, 5],
      top_logprobs: letters.map((letter) => ({ [letter]: -0.25 })),
    });
    expect(await ledgerRow()).toMatchObject({ inputTokens: 2, outputTokens: 11 });
  });

  it('writes 16 tokens unless told otherwise', async () => {
    await complete({ prompt: 'two words' });
    expect(door.generator.generations.at(-1)).toMatchObject({ outputTokensMax: 16 });
  });

  it('echoes, whole and in a stream', async () => {
    expect((await complete({ prompt: 'two words', echo: true })).json.choices[0].text).toBe(
      'two wordsabcdef',
    );
    const { text } = await complete({ prompt: 'two words', echo: true, stream: true });
    const events = parseEvents(text).slice(0, -1);
    for (const { json } of events) expect(json.object).toBe('text_completion');
    expect(events.map(({ json }) => json.choices[0].text).join('')).toBe('two wordsabcdef');
    expect(events.at(-1)?.json.choices[0].finish_reason).toBe('stop');
  });

  it('counts the offsets of log probabilities through a stream', async () => {
    const { text } = await complete({ prompt: 'two words', logprobs: 0, stream: true });
    const offsets = parseEvents(text).flatMap(({ json }) => json?.choices[0].logprobs?.text_offset ?? []);
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
