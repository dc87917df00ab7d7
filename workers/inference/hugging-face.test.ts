import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from './testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';
import { png } from './testing/pictures.ts';
import { parseEvents } from './testing/server-sent-events.ts';

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
const base64 = png.toString('base64');

describe('POST /models/sentiment-1', () => {
  const path = '/models/sentiment-1';

  it('answers a list within a list, the most probable first, and bills it as /v1/sentiment does', async () => {
    const { status, json } = await post(path, { inputs: 'good' });
    expect(status).toBe(200);
    const own = await post('/v1/sentiment', { input: 'good' });
    const scores = Object.entries(own.json.data[0].scores as Record<string, number>);
    const expected = scores.map(([label, score]) => ({ label, score })).toSorted((a, b) => b.score - a.score);
    expect(json).toEqual([expected]);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 2, ledgerUnits: 2 });
  });

  it('answers a list for each of several texts, cut to top_k', async () => {
    const { json } = await post(path, {
      inputs: ['good', 'bad', 'so-so'],
      parameters: { top_k: 2, function_to_apply: 'softmax' },
      options: { wait_for_model: true },
    });
    expect(json.map((list: unknown[]) => list.length)).toEqual([2, 2, 2]);
  });

  it.each([
    [{ inputs: 'good', parameters: { function_to_apply: 'sigmoid' } }, 'parameters.function_to_apply'],
    [{ inputs: 'good', parameters: { function_to_apply: 'none' } }, 'parameters.function_to_apply'],
    [{ inputs: 'good', parameters: { top_k: 0 } }, 'parameters.top_k'],
    [{ inputs: 'good', parameters: [] }, 'parameters'],
    [{ inputs: ['good', ''] }, 'inputs[1]'],
    [{ inputs: 3 }, 'inputs'],
    [{ input: 'good' }, 'inputs'],
    [{ inputs: 'good', truncate: 1 }, 'truncate'],
  ])('refuses %j', async (body, param) => {
    const { status, json } = await post(path, body);
    expect(status).toBe(400);
    expect(json).toEqual({
      error: expect.stringMatching(/\.$/),
      error_type: 'validation',
      code: 'invalid_request',
      param,
    });
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 0 });
  });

  it('refuses a text that is too long, unless it may be cut', async () => {
    const long = gatewayUnderTest(database, { model: { refuseOn: () => true } });
    const refused = await post(path, { inputs: 'long' }, long);
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({ code: 'input_too_long', param: 'inputs', error_type: 'validation' });
    expect((await post(path, { inputs: 'long', truncate: true }, long)).status).toBe(200);
  });
});

describe('POST /models/image-1', () => {
  const path = '/models/image-1';

  it('answers a flat list for bytes, base64 and a data URL alike', async () => {
    const bytes = await call(door, { path, key, rawBody: new Blob([png]), contentType: null });
    expect(bytes.status).toBe(200);
    const own = await post('/v1/images/classify', { input: { base64 } });
    const labels = own.json.data[0].scores.map(({ label, score }: { label: string; score: number }) => ({
      label,
      score,
    }));
    expect(bytes.json).toEqual(labels);
    expect((await post(path, { inputs: base64 })).json).toEqual(labels);
    expect((await post(path, { inputs: `data:image/png;base64,${base64}` })).json).toEqual(labels);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledger: 4, ledgerUnits: 4 });
  });

  it('answers a list for each of several pictures, cut to top_k', async () => {
    const { json } = await post(path, { inputs: [base64, base64], parameters: { top_k: 1 } });
    expect(json.map((list: unknown[]) => list.length)).toEqual([1, 1]);
  });

  it.each([
    [{ inputs: 'no picture!' }, 400, 'inputs'],
    [{ inputs: [base64, ''] }, 400, 'inputs[1]'],
    [{ inputs: base64, parameters: { top_k: 101 } }, 400, 'parameters.top_k'],
    [{ inputs: base64, parameters: { function_to_apply: 'sigmoid' } }, 400, 'parameters.function_to_apply'],
    [{ inputs: 'http://127.0.0.1/picture.png' }, 422, 'inputs'],
  ])('refuses %j', async (body, status, param) => {
    const refused = await post(path, body);
    expect(refused.status).toBe(status);
    expect(refused.json).toMatchObject({ error_type: 'validation', param });
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: 0 });
  });
});

describe('POST /models/image-1/pipeline/feature-extraction', () => {
  const path = '/models/image-1/pipeline/feature-extraction';

  it('answers the vectors of /v1/embeddings', async () => {
    const own = await post('/v1/embeddings', { input: { base64 } });
    const vector = own.json.data[0].embedding;
    expect((await post(path, { inputs: base64, normalize: true })).json).toEqual(vector);
    expect((await post(path, { inputs: [base64] })).json).toEqual([vector]);
    const bytes = await call(door, { path, key, rawBody: new Blob([png]), contentType: 'image/png' });
    expect(bytes.json).toEqual(vector);
  });

  it.each([
    [{ inputs: base64, normalize: false }, 'normalize'],
    [{ inputs: base64, encoding_format: 'base64' }, 'encoding_format'],
    [{ inputs: base64, dimensions: 64 }, 'dimensions'],
  ])('refuses what it would have to ignore: %j', async (body, param) => {
    const { status, json } = await post(path, body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ error_type: 'validation', param });
  });

  it('needs the scope of embeddings', async () => {
    const narrow = await createApiKey(database.prisma, { workspaceId, scopes: ['images'] });
    const { status, json } = await call(door, { path, key: narrow.key, body: { inputs: base64 } });
    expect(status).toBe(403);
    expect(json).toMatchObject({ error_type: 'scope_missing', code: 'scope_missing' });
  });
});

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
    ['grammar', { type: 'json', value: {} }],
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

  it.each([
    ['chat/completions', { messages: [{ role: 'user', content: 'x' }], tools: [{}] }, 'tools'],
    ['completions', { prompt: 'x', typical_p: 0.5 }, 'typical_p'],
    ['completions', { prompt: 'x', grammar: {} }, 'grammar'],
    ['completions', { prompt: 'x', best_of: 3 }, 'best_of'],
  ])('refuses %s %j in the shape of the family', async (path, body, param) => {
    const { status, json } = await post(`/models/text-1/v1/${path}`, body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: expect.any(String), error_type: 'validation', param });
  });
});

describe('errors of the family', () => {
  it('name the models where there is no such one, and the method where it is another', async () => {
    const missing = await post('/models/nobody/nothing', { inputs: 'x' });
    expect(missing.status).toBe(404);
    expect(missing.json).toEqual({
      error: 'There is no such model, or it has no such task. GET /v1/models names the models.',
      error_type: 'not_found',
      code: 'not_found',
      param: null,
    });
    const method = await call(door, { method: 'GET', path: '/models/text-1' });
    expect(method.status).toBe(405);
    expect(method.headers.get('allow')).toBe('POST');
    expect(method.json).toMatchObject({ error: 'This path takes POST.' });
  });

  it.each([
    '/models/sentiment-1',
    '/models/image-1',
    '/models/image-1/pipeline/feature-extraction',
    '/models/text-1',
    '/models/text-1/v1/chat/completions',
    '/models/text-1/v1/completions',
    '/generate',
    '/generate_stream',
  ])('are a string for a key that is missing or wrong on %s', async (path) => {
    for (const header of [undefined, 'my_live_nonsense']) {
      const { status, json } = await call(door, { path, key: header, body: {} });
      expect(status).toBe(401);
      expect(json).toMatchObject({
        error: expect.any(String),
        error_type: expect.stringMatching(/api_key$/),
      });
    }
  });

  it('are 429 where the others are 503, since the clients would come back at once', async () => {
    const full = gatewayUnderTest(database, { generator: { queueIsFull: () => true } });
    const refused = await post('/generate', { inputs: 'x' }, full);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.json).toMatchObject({ error_type: 'overloaded', code: 'overloaded' });
    const own = await post('/v1/text/generate', { prompt: 'x' }, full);
    expect(own.status).toBe(503);
  });

  it('tell a spent quota from a rate', async () => {
    const { id } = await createWorkspace(database.prisma, { quotaUnits: 0 });
    const spent = await createApiKey(database.prisma, { workspaceId: id });
    const { status, headers, json } = await call(door, {
      path: '/models/sentiment-1',
      key: spent.key,
      body: { inputs: 'x' },
    });
    expect(status).toBe(429);
    expect(headers.get('x-should-retry')).toBe('false');
    expect(json).toMatchObject({ error_type: 'insufficient_quota' });
  });
});

describe('GET /info and /health', () => {
  it('say what is true of us, and no more', async () => {
    const { status, json } = await call(door, { method: 'GET', path: '/info', key });
    expect(status).toBe(200);
    expect(json).toEqual({
      model_id: 'text-1',
      model_sha: 'fake0000',
      model_pipeline_tag: 'text-generation',
      max_best_of: 1,
      max_stop_sequences: 4,
      max_input_tokens: 2_047,
      max_total_tokens: 2_048,
      router: 'modelyard',
      version: '1.0.0',
    });
    expect((await call(door, { method: 'GET', path: '/info' })).status).toBe(401);
  });

  it('are healthy or not', async () => {
    const get = { method: 'GET', path: '/health' };
    expect((await call(door, get)).status).toBe(200);
    const draining = gatewayUnderTest(database, { isReady: async () => false });
    const refused = await call(draining, get);
    expect(refused.status).toBe(503);
    expect(refused.json).toEqual({ error: 'unhealthy', error_type: 'healthcheck' });
  });
});
