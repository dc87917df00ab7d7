import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../../testing/gateway-under-test.ts';
import { parseEvents } from '../../testing/server-sent-events.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database, { generator: { answerOf: () => letters } });
});
beforeEach(async () => {
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(() => database.drop());

const post = (path: string, body: unknown, at = door) => call(at, { path, body, key });
describe('a text', () => {
  it('begins with its prompt on the path of the model, and without it on /generate', async () => {
    const body = { inputs: 'two words' };
    expect((await post('/models/text-1', body)).json).toEqual([{ generated_text: 'two wordsabcdef' }]);
    expect((await post('/generate', body)).json).toEqual({ generated_text: 'abcdef' });
    const other = { ...body, parameters: { return_full_text: false } };
    expect((await post('/models/text-1', other)).json).toEqual([{ generated_text: 'abcdef' }]);
    const full = { ...body, parameters: { return_full_text: true } };
    expect((await post('/generate', full)).json).toEqual({ generated_text: 'two wordsabcdef' });
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 4, ledgerUnits: 32 });
  });

  it('tells details where they are asked for: tokens with their numbers, and why it ended', async () => {
    const { json } = await post('/generate', {
      inputs: 'two words',
      parameters: { details: true, max_new_tokens: 3, do_sample: true, seed: 7 },
    });
    const { details, generated_text } = json;
    expect(generated_text).toBe('abc');
    expect(details).toMatchObject({ finish_reason: 'length', generated_tokens: 3, seed: 7, prefill: [] });
    expect(details.tokens.map(({ text }: { text: string }) => text)).toEqual(['a', 'b', 'c']);
    for (const token of details.tokens) {
      expect(token).toEqual({
        id: expect.any(Number),
        text: expect.any(String),
        logprob: expect.any(Number),
        special: false,
      });
    }
  });

  it.each([
    [{}, 0, 0],
    [{ temperature: 1, do_sample: false }, 1, 0],
    [{ do_sample: true }, 1, 0],
    [{ temperature: 0.5 }, 0.5, 0],
    [{ top_k: 5 }, 1, 5],
    [{ top_p: 0.5 }, 1, 0],
  ])('is drawn only where something asks for it: %j', async (parameters, temperature, topK) => {
    await post('/generate', { inputs: 'x', parameters });
    expect(door.generator.generations.at(-1)?.sampling).toMatchObject({ temperature, topK });
  });

  it('ends at the older name of stop as well', async () => {
    for (const parameters of [{ stop: ['d'] }, { stop_sequences: ['d'], stop: null }]) {
      const { json } = await post('/generate', {
        inputs: 'x',
        parameters: { ...parameters, details: true },
      });
      expect(json).toMatchObject({ generated_text: 'abc', details: { finish_reason: 'stop_sequence' } });
    }
  });

  it('says why the model ended it', async () => {
    const { json } = await post('/generate', { inputs: 'x', parameters: { details: true } });
    expect(json.details).toMatchObject({ finish_reason: 'eos_token', generated_tokens: 6, seed: null });
  });

  it.each([
    ['typical_p', 0.9],
    ['watermark', true],
    ['best_of', 2],
    ['num_return_sequences', 2],
    ['top_n_tokens', 3],
    ['decoder_input_details', true],
    ['adapter_id', 'other'],
    ['grammar', { type: 'regex', value: 'a' }],
    ['truncate', 100],
    ['max_new_tokens', 0],
    ['temperature', 3],
    ['stop', ['']],
  ])('is refused with parameters.%s, by its name', async (field, value) => {
    for (const path of ['/models/text-1', '/generate', '/generate_stream']) {
      const { status, json } = await post(path, { inputs: 'x', parameters: { [field]: value } });
      expect(status).toBe(400);
      expect(json).toMatchObject({ error_type: 'validation', code: 'invalid_request' });
      expect(json.param).toMatch(new RegExp(`^parameters\\.${field}`));
    }
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 0, spent: 0 });
  });

  it('takes the values of those that ask for nothing', async () => {
    const parameters = {
      typical_p: null,
      watermark: false,
      best_of: 1,
      top_n_tokens: 0,
      decoder_input_details: false,
      truncate: null,
      do_sample: false,
      a_field_of_tomorrow: 1,
    };
    expect((await post('/generate', { inputs: 'x', parameters })).status).toBe(200);
  });

  it.each([{ inputs: '' }, { inputs: ['one', 'two'] }, { prompt: 'x' }, []])(
    'is refused for %j',
    async (body) => {
      const { status, json } = await post('/generate', body);
      expect(status).toBe(400);
      expect(json).toMatchObject({ error: expect.stringMatching(/\.$/), error_type: 'validation' });
    },
  );

  it('is refused when it is too long, and bills nothing', async () => {
    const small = gatewayUnderTest(database, { generator: { contextTokens: 4 } });
    const refused = await post('/generate', { inputs: 'a b c d e' }, small);
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({ code: 'input_too_long', param: 'inputs', error_type: 'validation' });
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: 0 });
    const cut = [
      { inputs: 'a b c d e', truncate: true },
      { inputs: 'a b c d e', parameters: { truncate: true } },
    ];
    for (const body of cut) expect((await post('/generate', body, small)).status).toBe(200);
  });
});

describe('a text as a stream', () => {
  const streams = [
    ['/generate_stream', {}, ''],
    ['/models/text-1', { stream: true }, 'two words'],
  ] as const;

  it.each(streams)('%s is an event for each token, the last with the whole', async (path, more, prompt) => {
    const { status, headers, text } = await post(path, { inputs: 'two words', ...more });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
    const events = parseEvents(text).map(({ json }) => json);
    expect(events.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(events.map(({ token }) => token.text)).toEqual(letters);
    expect(events.every(({ token }) => Number.isInteger(token.id) && token.special === false)).toBe(true);
    expect(events.slice(0, -1).every((one) => one.generated_text === null && one.details === null)).toBe(
      true,
    );
    expect(events.at(-1)).toMatchObject({
      generated_text: `${prompt}abcdef`,
      details: { finish_reason: 'eos_token', generated_tokens: 6, seed: null, input_length: 2 },
    });
    expect(text).not.toContain('"error"');
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 1, ledgerUnits: 8 });
  });

  it('keeps all of a text that was held back for a stop sequence', async () => {
    const { text } = await post('/generate_stream', { inputs: 'x', parameters: { stop: ['efg'] } });
    const events = parseEvents(text).map(({ json }) => json);
    expect(events.map(({ token }) => token.text).join('')).toBe('abcdef');
    expect(events.at(-1)).toMatchObject({ generated_text: 'abcdef' });
  });

  it('of nothing is one event with no token', async () => {
    const silent = gatewayUnderTest(database, { generator: { answerOf: () => [] } });
    const { text } = await post('/generate_stream', { inputs: 'x' }, silent);
    const events = parseEvents(text).map(({ json }) => json);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      index: 1,
      token: { id: null, text: '', logprob: null, special: true },
      generated_text: '',
      details: { finish_reason: 'eos_token', generated_tokens: 0 },
    });
  });

  it('that fails ends with what was written, then the error in its shape, and bills nothing', async () => {
    const failing = gatewayUnderTest(database, {
      generator: { answerOf: () => letters, failAfter: () => 3 },
    });
    const { text } = await post('/generate_stream', { inputs: 'x' }, failing);
    const events = parseEvents(text).map(({ json }) => json);
    expect(events.map((event) => event.token?.text)).toEqual(['a', 'b', 'c', undefined]);
    expect(events.at(-1)).toEqual({
      error: 'The model failed to answer. Try again.',
      error_type: 'generation',
      code: 'model_unavailable',
      param: null,
    });
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: 0 });
  });
});

describe("OpenAI's shape below a model", () => {
  it('takes the model from the path, whatever the body calls it', async () => {
    const chat = await post('/models/text-1/v1/chat/completions', {
      model: 'dummy',
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(chat.json).toMatchObject({ model: 'text-1', choices: [{ message: { content: 'abcdef' } }] });
    const completion = await post('/models/text-1/v1/completions', {
      model: 'https://api.example.com/models/text-1',
      prompt: 'x',
      do_sample: false,
      return_full_text: true,
      details: true,
      watermark: false,
    });
    expect(completion.json).toMatchObject({ model: 'text-1', choices: [{ text: 'xabcdef' }] });
    expect(door.generator.generations.at(-1)).toMatchObject({
      sampling: { temperature: 0 },
      outputTokensMax: 100,
    });
  });

  it('reads the names that text-generation-inference has for a length and for ends', async () => {
    const path = '/models/text-1/v1/completions';
    const { json } = await post(path, { prompt: 'x', max_new_tokens: 3, stop_sequences: ['c'] });
    expect(json.choices[0]).toMatchObject({ text: 'ab', finish_reason: 'stop' });
    expect(door.generator.generations.at(-1)).toMatchObject({ outputTokensMax: 3, stop: ['c'] });
    await post(path, { prompt: 'x', max_tokens: 2, max_new_tokens: 3, stop: 'b', stop_sequences: ['c'] });
    expect(door.generator.generations.at(-1)).toMatchObject({ outputTokensMax: 2, stop: ['b'] });
    const refused = await post(path, { prompt: 'x', max_new_tokens: 0 });
    expect(refused).toMatchObject({ status: 400, json: { param: 'max_new_tokens' } });
  });

  it.each([
    ['chat/completions', { messages: [{ role: 'user', content: 'x' }], tools: [{}] }, 'tools'],
    ['completions', { prompt: 'x', typical_p: 0.5 }, 'typical_p'],
    ['completions', { prompt: 'x', grammar: 'json' }, 'grammar'],
    ['completions', { prompt: 'x', best_of: 3 }, 'best_of'],
  ])('refuses %s %j in the shape of the family', async (path, body, param) => {
    const { status, json } = await post(`/models/text-1/v1/${path}`, body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: expect.any(String), error_type: 'validation', param });
  });
});
