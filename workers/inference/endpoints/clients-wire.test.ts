import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

/** What clients send that are in no lock file here, as they were seen to send it. */
const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
const user = { role: 'user', content: 'x' };
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
let database: TestDatabase;
let door: GatewayUnderTest;
let workspaceId: string;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database, { generator: { answerOf: () => letters } });
});
beforeEach(async () => {
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(() => database.drop());

const post = (path: string, body: unknown) => call(door, { path, body, key });
const lastGeneration = () => door.generator.generations.at(-1);

describe('POST /, where clients of text-generation-inference have its address alone', () => {
  it('answers as text-generation does, whole or in events', async () => {
    const inputs = 'two words';
    const whole = await post('/', { inputs });
    expect(whole.json).toEqual([{ generated_text: 'two wordsabcdef' }]);
    const parameters = { return_full_text: false, max_new_tokens: 3 };
    const { headers, text } = await post('/', { inputs, stream: true, parameters });
    expect(headers.get('content-type')).toBe('text/event-stream');
    const events = parseEvents(text).map(({ json }) => json);
    expect(events.map(({ token }) => token.text)).toEqual(['a', 'b', 'c']);
    expect(events.at(-1)).toMatchObject({ generated_text: 'abc', details: { finish_reason: 'length' } });
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 2, ledgerUnits: 13 });
  });

  it('needs a key, and says so in the shape of the family', async () => {
    const { status, json } = await call(door, { path: '/', body: { inputs: 'x' } });
    expect(status).toBe(401);
    expect(json).toMatchObject({ error: expect.any(String), error_type: 'missing_api_key' });
  });
});

describe('the name of a model', () => {
  it.each(['tgi', 'dummy', 'http://127.0.0.1:8080'])(
    'is the current one’s where a client has none to give and says %s',
    async (model) => {
      const chat = await post('/v1/chat/completions', { model, messages: [user] });
      const completion = await post('/v1/completions', { model, prompt: 'x' });
      for (const { status, json } of [chat, completion]) {
        expect([status, json.model]).toEqual([200, 'text-1']);
      }
    },
  );

  it('that is not there is refused', async () => {
    for (const model of ['gpt-4o-mini', 'TGI', 'dummy-1', '']) {
      const refused = await post('/v1/chat/completions', { model, messages: [user] });
      expect([refused.status, refused.json.error.param]).toEqual([404, 'model']);
    }
  });
});

describe('a shape of JSON', () => {
  const format = { kind: 'json_schema', schema };

  it.each([
    ['json_object', '/v1/chat/completions'],
    ['json_object', '/models/text-1/v1/chat/completions'],
    ['json', '/models/text-1/v1/chat/completions'],
  ])('comes as value of %s to %s', async (type, path) => {
    const answer = await post(path, { messages: [user], response_format: { type, value: schema } });
    expect(answer.status).toBe(200);
    expect(lastGeneration()?.format).toEqual(format);
    await post(path, { messages: [user], response_format: { type, schema } });
    expect(lastGeneration()?.format).toEqual(format);
    await post(path, { messages: [user], response_format: { type } });
    expect(lastGeneration()?.format).toEqual({ kind: 'json' });
  });

  it.each([
    { type: 'json', value: schema },
    { type: 'json_object', value: schema },
    { type: 'json_schema', value: { name: 'a', schema } },
  ])('comes as grammar: %j', async (grammar) => {
    for (const path of ['/', '/generate', '/models/text-1']) {
      expect((await post(path, { inputs: 'x', parameters: { grammar } })).status).toBe(200);
      expect(lastGeneration()?.format).toEqual(format);
    }
    await post('/models/text-1/v1/completions', { prompt: 'x', grammar });
    expect(lastGeneration()?.format).toEqual(format);
  });

  it.each([
    [{ type: 'regex', value: 'a+' }, 'parameters.grammar'],
    [{ type: 'json', value: 'a' }, 'parameters.grammar.value'],
    [{ type: 'json' }, 'parameters.grammar.value'],
    [{ type: 'json', value: { type: 'string', pattern: '(' } }, 'parameters.grammar'],
    ['json', 'parameters.grammar'],
  ])('is refused where it is none: %j', async (grammar, param) => {
    const { status, json } = await post('/generate', { inputs: 'x', parameters: { grammar } });
    expect(status).toBe(400);
    expect(json.error_type).toBe('validation');
    expect(json.param).toMatch(param);
  });
});

describe('another task than the model has', () => {
  it.each([
    ['/models/sentiment-1', 'x', { candidate_labels: ['a', 'b'], multi_label: false }, 'candidate_labels'],
    ['/models/image-1', 'aGk=', { candidate_labels: ['a', 'b'] }, 'candidate_labels'],
    ['/models/image-1', 'aGk=', { threshold: 0.5 }, 'threshold'],
    ['/models/sentiment-1', 'x', { aggregation_strategy: 'simple' }, 'aggregation_strategy'],
    ['/models/text-1', 'x', { targets: ['a'] }, 'targets'],
    ['/', 'x', { src_lang: 'fr' }, 'src_lang'],
  ])('is refused at %s, and not answered as its own: %j of %j', async (path, inputs, parameters, param) => {
    const { status, json } = await post(path, { inputs, parameters });
    expect(status).toBe(400);
    expect(json).toMatchObject({ error_type: 'validation', param: `parameters.${param}` });
    expect(json.error).toContain('another task');
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 0, spent: 0 });
  });
});

describe('a conversation as a client keeps it', () => {
  it('may begin with what an empty field of a chat program makes', async () => {
    for (const role of ['system', 'developer']) {
      for (const path of ['/v1/chat/completions', '/v1/text/generate']) {
        expect((await post(path, { messages: [{ role, content: '' }, user] })).status).toBe(200);
      }
    }
  });

  it('may have an answer without content', async () => {
    for (const said of [
      { role: 'assistant', content: null, refusal: 'No.' },
      { role: 'assistant', tool_calls: [] },
    ]) {
      expect((await post('/v1/chat/completions', { messages: [user, said, user] })).status).toBe(200);
    }
    const asked = await post('/v1/chat/completions', { messages: [{ role: 'user', content: null }] });
    expect([asked.status, asked.json.error.param]).toEqual([400, 'messages[0].content']);
  });

  const called = { role: 'assistant', content: null, tool_calls: [{ id: '1' }] };
  it.each([
    [{ messages: [user], tools: [{}] }, 'tools', /response_format/],
    [{ messages: [user], tool_choice: 'required' }, 'tool_choice', /call no functions/],
    [{ messages: [user, called] }, 'messages[1].tool_calls', /call no functions/],
    [{ messages: [user, { role: 'tool', content: 'x' }] }, 'messages[1].role', /call no functions/],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      'messages[0].content[0].type',
      /images\/classify/,
    ],
    [{ messages: [user], guided_json: {} }, 'guided_json', /response_format/],
    [{ messages: [user], store: true }, 'store', /no answer is kept/],
  ])('is told what to do instead of what is not supported: %j', async (body, param, cure) => {
    const { status, json } = await post('/v1/chat/completions', body);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 'invalid_request', param });
    expect(json.error.message).toMatch(cure);
  });
});

it.each([
  ['/', { inputs: 'x', parameters: { typical_p: 0.95 } }, 'parameters.typical_p', /send 1/],
  ['/generate', { inputs: 'x', parameters: { truncate: 5 } }, 'parameters.truncate', /truncate: true/],
  ['/models/text-1/v1/completions', { prompt: 'x', typical_p: 0.95 }, 'typical_p', /send 1/],
])('says at %s what to send instead of %j', async (path, body, param, cure) => {
  const { status, json } = await post(path, body);
  expect([status, json.param]).toEqual([400, param]);
  expect(json.error).toMatch(cure);
});

it('says that a prompt is too long in words that LangChain and LiteLLM know', async () => {
  const small = gatewayUnderTest(database, { generator: { contextTokens: 12 } });
  const long = { messages: [{ role: 'user', content: 'a b c d e f g h' }] };
  const { status, json } = await call(small, { key, path: '/v1/chat/completions', body: long });
  expect([status, json.error.code]).toEqual([422, 'input_too_long']);
  expect(json.error.message).toMatch(/prompt is too long: it exceeds the context window/);
});

it('takes JSON under a content type with what else clients write there', async () => {
  for (const contentType of [
    'application/json;',
    'application/json; charset=utf-8; profile=x',
    'application/json; odata.metadata=minimal;charset="UTF-8"',
    'APPLICATION/JSON ;charset = us-ascii',
  ]) {
    expect((await call(door, { key, contentType })).status).toBe(200);
  }
});
