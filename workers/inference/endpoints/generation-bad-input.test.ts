import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { fakeTextGenerator } from '#workers/model-runtime/fake/fake-text-generator.ts';
import { GenerationRefusedError } from '#workers/model-runtime/text-generator.ts';
import { readBooks } from '../testing/books.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  door = gatewayUnderTest(database, { generator: { contextTokens: 64 } });
});
afterAll(() => database.drop());

/** After each: nothing billed, nothing held, nothing running. */
afterEach(async () => {
  expect(await readBooks(database.pool, workspaceId)).toMatchObject({
    ledgerUnits: 0,
    spent: 0,
    heldUnits: 0,
    heldRequests: 0,
    holds: 0,
  });
  expect(door.generator.running).toBe(0);
});

async function refusal(options: CallOptions) {
  const answer = await call(door, { key, ...options });
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(Object.keys(answer.json)).toEqual(['error']);
  expect(Object.keys(answer.json.error)).toEqual(['message', 'type', 'param', 'code']);
  expect(answer.text).not.toMatch(/\n +at |\.ts\b|node_modules|SELECT|Zod|Invalid input|Unexpected token/);
  const { code, param, message } = answer.json.error;
  expect(message).toMatch(/[.…]$/);
  return { status: answer.status, code, param };
}

type Case = readonly [name: string, body: object, status: number, code: string, param: string | null];
const bad = 'invalid_request';

/** As many as a body has room for; each would take its time to be refused. */
const many = Array.from({ length: 400_000 }, () => 1);

const shared = (prompt: object): readonly Case[] => [
  ['temperature above 2', { ...prompt, temperature: 2.1 }, 400, bad, 'temperature'],
  ['temperature as a text', { ...prompt, temperature: '1' }, 400, bad, 'temperature'],
  ['top_p below 0', { ...prompt, top_p: -0.1 }, 400, bad, 'top_p'],
  ['top_k of a half', { ...prompt, top_k: 0.5 }, 400, bad, 'top_k'],
  ['min_p above 1', { ...prompt, min_p: 1.1 }, 400, bad, 'min_p'],
  ['seed of a half', { ...prompt, seed: 0.5 }, 400, bad, 'seed'],
  ['seed beyond what is exact', { ...prompt, seed: 1e300 }, 400, bad, 'seed'],
  ['repetition_penalty of 0', { ...prompt, repetition_penalty: 0 }, 400, bad, 'repetition_penalty'],
  ['presence_penalty of 3', { ...prompt, presence_penalty: 3 }, 400, bad, 'presence_penalty'],
  ['frequency_penalty of -3', { ...prompt, frequency_penalty: -3 }, 400, bad, 'frequency_penalty'],
  ['logit_bias of a word', { ...prompt, logit_bias: { the: 1 } }, 400, bad, 'logit_bias.the'],
  ['logit_bias of 101', { ...prompt, logit_bias: { 5: 101 } }, 400, bad, 'logit_bias.5'],
  ['logit_bias as a list', { ...prompt, logit_bias: [1] }, 400, bad, 'logit_bias'],
  [
    'too many biases',
    { ...prompt, logit_bias: Object.fromEntries(Array.from({ length: 301 }, (_, i) => [i, 1])) },
    400,
    bad,
    'logit_bias',
  ],
  ['a token that the model has not', { ...prompt, logit_bias: { 9999999: 1 } }, 400, bad, 'logit_bias'],
  ['n of 0', { ...prompt, n: 0 }, 400, bad, 'n'],
  ['n of 9', { ...prompt, n: 9 }, 400, bad, 'n'],
  ['max_tokens of 0', { ...prompt, max_tokens: 0 }, 400, bad, 'max_tokens'],
  ['max_tokens as a text', { ...prompt, max_tokens: '5' }, 400, bad, 'max_tokens'],
  ['five stop sequences', { ...prompt, stop: ['a', 'b', 'c', 'd', 'e'] }, 400, bad, 'stop'],
  ['a long stop sequence', { ...prompt, stop: 'x'.repeat(65) }, 400, bad, 'stop'],
  ['an empty stop sequence', { ...prompt, stop: ['a', ''] }, 400, bad, 'stop'],
  ['a number as stop sequence', { ...prompt, stop: 5 }, 400, bad, 'stop'],
  ['a number among stop sequences', { ...prompt, stop: ['a', 5] }, 400, bad, 'stop[1]'],
  ['many numbers as stop sequences', { ...prompt, stop: many }, 400, bad, 'stop'],
  ['stream as a text', { ...prompt, stream: 'yes' }, 400, bad, 'stream'],
  ['another model', { ...prompt, model: 'gpt-4' }, 404, 'not_found', 'model'],
  ['another format', { ...prompt, response_format: { type: 'xml' } }, 400, bad, 'response_format.type'],
  ['a format as a text', { ...prompt, response_format: 'json' }, 400, bad, 'response_format'],
  [
    'a format without its schema',
    { ...prompt, response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
    400,
    bad,
    'response_format.json_schema.schema',
  ],
  [
    'a schema that is too large',
    {
      ...prompt,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: { description: 'x'.repeat(65_600) } },
      },
    },
    400,
    bad,
    'response_format',
  ],
  [
    'a schema that no grammar is made of',
    {
      ...prompt,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: { $ref: 'https://example.com' } },
      },
    },
    400,
    bad,
    'response_format',
  ],
];

/** What other engines behind such paths take, and we can't. */
const shapesOfEngines = (given: object): readonly Case[] => {
  const asked = {
    guided_json: {},
    guided_regex: 'a+',
    guided_choice: ['a'],
    guided_grammar: 'root ::= "a"',
    structured_outputs: { choice: ['a'] },
    json_schema: {},
    regex: 'a+',
    ebnf: 'root ::= "a"',
    grammar: 'root ::= "a"',
    min_tokens: 5,
    ignore_eos: true,
    stop_token_ids: [2],
    use_beam_search: true,
  };
  return Object.entries(asked).map(([field, value]) => [
    field,
    { ...given, [field]: value },
    400,
    bad,
    field,
  ]);
};

function refuses(path: string, cases: readonly Case[]) {
  describe(`POST ${path}`, () => {
    it.each(cases)('%s', async (_name, body, status, code, param) => {
      for (const stream of 'stream' in body ? [null] : [false, true]) {
        const given = stream === null ? body : { ...body, stream };
        expect(await refusal({ path, body: given })).toEqual({ status, code, param });
      }
    });

    it('a body that is no JSON, or none of an object', async () => {
      expect(await refusal({ path, rawBody: '{' })).toMatchObject({ status: 400, code: 'invalid_json' });
      expect(await refusal({ path, body: [1] })).toMatchObject({ status: 400, code: bad });
      expect(await refusal({ path, contentType: 'text/plain', body: {} })).toMatchObject({ status: 415 });
      expect(await refusal({ path, rawBody: `"${'x'.repeat(1024 * 1024)}"` })).toMatchObject({ status: 413 });
    });
  });
}

const prompt = { prompt: 'x' };
const user = { role: 'user', content: 'x' };
const chat = { messages: [user] };
const long = 'x '.repeat(70);
/** As many bytes as fit into the rate's windows, more characters than a text may have. */
const longer = 'x'.repeat(20_001);

const messageCases: readonly Case[] = [
  ['no message', { messages: [] }, 400, bad, 'messages'],
  ['257 messages', { messages: Array.from({ length: 257 }, () => user) }, 400, bad, 'messages'],
  ['messages as a text', { messages: 'x' }, 400, bad, 'messages'],
  ['many numbers as messages', { messages: many }, 400, bad, 'messages'],
  ['many numbers as parts', { messages: [{ role: 'user', content: many }] }, 400, bad, 'messages[0].content'],
  [
    '257 parts',
    {
      messages: [{ role: 'user', content: Array.from({ length: 257 }, () => ({ type: 'text', text: 'x' })) }],
    },
    400,
    bad,
    'messages[0].content',
  ],
  ['a message as a text', { messages: ['x'] }, 400, bad, 'messages[0]'],
  ['another role', { messages: [user, { role: 'tool', content: 'x' }] }, 400, bad, 'messages[1].role'],
  ['no role', { messages: [{ content: 'x' }] }, 400, bad, 'messages[0].role'],
  ['no content', { messages: [{ role: 'user' }] }, 400, bad, 'messages[0].content'],
  ['an empty content', { messages: [{ role: 'user', content: '' }] }, 400, bad, 'messages[0].content'],
  [
    'an empty content in parts',
    { messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }] }] },
    400,
    bad,
    'messages[0].content',
  ],
  ['NUL in a content', { messages: [{ role: 'user', content: 'a\0b' }] }, 400, bad, 'messages[0].content'],
  ['half a character', { messages: [{ role: 'user', content: '\ud800' }] }, 400, bad, 'messages[0].content'],
  ['no part', { messages: [{ role: 'user', content: [] }] }, 400, bad, 'messages[0].content'],
  [
    'a picture among the parts',
    {
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com' } }] },
      ],
    },
    400,
    bad,
    'messages[0].content[0].type',
  ],
  [
    'a content beyond the context',
    { messages: [{ role: 'user', content: long }] },
    422,
    'input_too_long',
    'messages',
  ],
  [
    'a content of too many characters',
    { messages: [{ role: 'user', content: longer }] },
    422,
    'input_too_long',
    'messages[0].content',
  ],
];

refuses('/v1/text/generate', [
  ['neither prompt nor messages', {}, 400, bad, 'prompt'],
  ['prompt and messages', { ...prompt, ...chat }, 400, bad, 'prompt'],
  ['an unknown field', { ...prompt, best_of: 1 }, 400, 'unknown_field', 'best_of'],
  [
    'an unknown field of a message',
    { messages: [{ ...user, name: 'x' }] },
    400,
    'unknown_field',
    'messages[0].name',
  ],
  ['an empty prompt', { prompt: '' }, 400, bad, 'prompt'],
  ['a list of prompts', { prompt: ['x'] }, 400, bad, 'prompt'],
  ['a prompt beyond the context', { prompt: long }, 422, 'input_too_long', 'prompt'],
  ['logprobs of 21', { ...prompt, logprobs: 21 }, 400, bad, 'logprobs'],
  ['truncate as a number', { ...prompt, truncate: 1 }, 400, bad, 'truncate'],
  ...shared(prompt),
  ...messageCases,
]);

refuses('/v1/chat/completions', [
  ['tools', { ...chat, tools: [{ type: 'function' }] }, 400, bad, 'tools'],
  ['tool_choice', { ...chat, tool_choice: 'required' }, 400, bad, 'tool_choice'],
  ['functions', { ...chat, functions: [{}] }, 400, bad, 'functions'],
  ['function_call', { ...chat, function_call: { name: 'f' } }, 400, bad, 'function_call'],
  ['audio', { ...chat, audio: { voice: 'x' } }, 400, bad, 'audio'],
  ['modalities', { ...chat, modalities: ['text', 'audio'] }, 400, bad, 'modalities'],
  ['prediction', { ...chat, prediction: { type: 'content' } }, 400, bad, 'prediction'],
  ['web_search_options', { ...chat, web_search_options: {} }, 400, bad, 'web_search_options'],
  ['store', { ...chat, store: true }, 400, bad, 'store'],
  ['moderation', { ...chat, moderation: { model: 'x' } }, 400, bad, 'moderation'],
  ['an answer that goes on', { ...chat, continue_final_message: true }, 400, bad, 'continue_final_message'],
  ['no prompt of the template', { ...chat, add_generation_prompt: false }, 400, bad, 'add_generation_prompt'],
  ['another template', { ...chat, chat_template: '{{ x }}' }, 400, bad, 'chat_template'],
  ['an echo', { ...chat, echo: true }, 400, bad, 'echo'],
  ['best_of', { ...chat, best_of: 2 }, 400, bad, 'best_of'],
  ...shapesOfEngines(chat),
  [
    'tool calls in a message',
    { messages: [user, { role: 'assistant', content: 'x', tool_calls: [{}] }] },
    400,
    bad,
    'messages[1].tool_calls',
  ],
  ['top_logprobs alone', { ...chat, top_logprobs: 1 }, 400, bad, 'top_logprobs'],
  ['top_logprobs of 21', { ...chat, logprobs: true, top_logprobs: 21 }, 400, bad, 'top_logprobs'],
  ['logprobs as a number', { ...chat, logprobs: 1 }, 400, bad, 'logprobs'],
  ['stream_options as a text', { ...chat, stream_options: 'x' }, 400, bad, 'stream_options'],
  ['no messages', {}, 400, bad, 'messages'],
  ['max_completion_tokens of 0', { ...chat, max_completion_tokens: 0 }, 400, bad, 'max_completion_tokens'],
  ...shared(chat),
  ...messageCases,
]);

refuses('/v1/completions', [
  ['no prompt', {}, 400, bad, 'prompt'],
  ['an empty prompt', { prompt: '' }, 400, bad, 'prompt'],
  ['two prompts', { prompt: ['x', 'y'] }, 400, bad, 'prompt'],
  ['a list of tokens', { prompt: [1, 2] }, 400, bad, 'prompt'],
  ['lists of tokens', { prompt: [[1], [2]] }, 400, bad, 'prompt'],
  ['suffix', { ...prompt, suffix: 'x' }, 400, bad, 'suffix'],
  ...shapesOfEngines(prompt),
  ['best_of above n', { ...prompt, best_of: 2 }, 400, bad, 'best_of'],
  ['echo with logprobs', { ...prompt, echo: true, logprobs: 1 }, 400, bad, 'echo'],
  ['logprobs of 6', { ...prompt, logprobs: 6 }, 400, bad, 'logprobs'],
  ['logprobs as true', { ...prompt, logprobs: true }, 400, bad, 'logprobs'],
  ['a prompt beyond the context', { prompt: long }, 422, 'input_too_long', 'prompt'],
  ...shared(prompt),
]);

const nested = (levels: number, open: string, inner: string, close: string) =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

it.each([
  ['itself', (levels: number) => nested(levels, '{"not":', '{}', '}')],
  ['in all of', (levels: number) => nested(levels / 2, '{"allOf":[', '{}', ']}')],
  ['in a value', (levels: number) => `{"type":"array","const":${nested(levels, '[', '1', ']')}}`],
  ['in an example', (levels: number) => `{"type":"array","examples":${nested(levels, '[', '1', ']')}}`],
])('a schema that is, %s, as deep as it can be sent is refused, not run into', async (_, schemaOf) => {
  for (const levels of [400, 1_000, 4_000, 32_000]) {
    const rawBody = `{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":${schemaOf(levels)}}}}`;
    const answer = await refusal({ path: '/v1/chat/completions', rawBody });
    expect(answer).toEqual({ status: 400, code: bad, param: 'response_format' });
  }
});

it.each([
  { type: 'integer', minimum: 3, maximum: 2 },
  { type: 'integer', minimum: 1e300 },
  { type: 'number', exclusiveMaximum: true },
  { type: 'string', pattern: '(?=a)' },
  { type: 'string', pattern: 'a'.repeat(10_240) },
  { type: 'string', pattern: '((((a?){99}){99}){99})*' },
  { type: 'string', pattern: '.*a.{30}$' },
  { type: 'string', pattern: '(' },
  { allOf: [{ type: 'string' }, { type: 'null' }] },
])(
  'a schema that can not be kept is refused with its place, before anything is written: %j',
  async (schema) => {
    const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } };
    for (const [path, body] of [
      ['/v1/chat/completions', chat],
      ['/v1/completions', { prompt: 'x' }],
      ['/v1/text/generate', { prompt: 'x' }],
    ] as const) {
      expect(await refusal({ path, body: { ...body, response_format } })).toEqual({
        status: 400,
        code: bad,
        param: 'response_format',
      });
    }
  },
);

it('a schema with a reference whose escapes are no UTF-8 is refused', async () => {
  const schema = { $ref: '#/$defs/%E0%A4%A', $defs: {} };
  const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } };
  expect(await refusal({ path: '/v1/chat/completions', body: { ...chat, response_format } })).toEqual({
    status: 400,
    code: bad,
    param: 'response_format',
  });
});

it('messages that the chat template of the model does not take are refused, not failed at', async () => {
  const generatorRuntime = {
    ...fakeTextGenerator(),
    generate(): never {
      throw new GenerationRefusedError({ refused: 'template' });
    },
  };
  const strict = gatewayUnderTest(database, { generatorRuntime });
  for (const path of ['/v1/chat/completions', '/v1/text/generate']) {
    const { status, json } = await call(strict, { key, path, body: chat });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: bad, param: 'messages' });
  }
});
