import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../../testing/gateway-under-test.ts';
import { formOf, png } from '../../testing/pictures.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database);
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
    [{ inputs: 'good', parameters: { truncate: true } }, 'parameters.truncate'],
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

  it.each([
    ['a form', formOf(['image', png]), null],
    ['JSON as curl declares it', `{"inputs": "${base64}"}`, 'application/x-www-form-urlencoded'],
    ['text', 'a cat', 'text/plain'],
  ])('refuses %s, and names what it does take', async (_name, rawBody, contentType) => {
    const refused = await call(door, { path, key, rawBody, contentType });
    expect(refused.status).toBe(415);
    expect(refused.json).toMatchObject({ code: 'unsupported_media_type', error_type: 'validation' });
    expect(refused.json.error).toMatch(/"inputs".*application\/json/);
    expect(refused.json.error).not.toContain('multipart');
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
    [{ inputs: base64, parameters: { normalize: false } }, 'parameters.normalize'],
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

describe.each(['/models/text-embedding-1', '/models/text-embedding-1/pipeline/feature-extraction'])(
  'POST %s',
  (path) => {
    it('answers the vectors of /v1/embeddings, one text flat and a list nested', async () => {
      const own = await post('/v1/embeddings', { input: ['good film', 'bad film'] });
      const [good, bad] = own.json.data.map(({ embedding }: { embedding: number[] }) => embedding);
      const options = { normalize: true, truncate: true, truncation_direction: 'Right', dimensions: 384 };
      expect((await post(path, { inputs: 'good film', ...options })).json).toEqual(good);
      expect((await post(path, { inputs: ['good film', 'bad film'] })).json).toEqual([good, bad]);
      expect((await post(path, { inputs: ['bad film'] })).json).toEqual([bad]);
    });

    it.each([
      [{ inputs: 'x', normalize: false }, 'normalize'],
      [{ inputs: 'x', encoding_format: 'base64' }, 'encoding_format'],
      [{ inputs: 'x', dimensions: 64 }, 'dimensions'],
      [{ inputs: 'x', truncation_direction: 'left' }, 'truncation_direction'],
      [{ inputs: 'x', prompt_name: 'query' }, 'prompt_name'],
      [{ inputs: 'x', parameters: { normalize: false } }, 'parameters.normalize'],
      [{ inputs: 'x', parameters: { truncate: true } }, 'parameters.truncate'],
      [{ inputs: 'x', parameters: { dimensions: 384 } }, 'parameters.dimensions'],
      [{ inputs: 'x', parameters: [] }, 'parameters'],
      [{ inputs: '' }, 'inputs'],
      [{ inputs: ['x', ' '] }, 'inputs[1]'],
      [{ inputs: { source: 'x' } }, 'inputs'],
      [{}, 'inputs'],
    ])('refuses what it would have to ignore, and what is no text: %j', async (body, param) => {
      const { status, json } = await post(path, body);
      expect(status).toBe(400);
      expect(json).toMatchObject({ error: expect.any(String), error_type: 'validation', param });
    });

    it('refuses a text that is too long, by its name, unless it may be cut', async () => {
      const strict = gatewayUnderTest(database, { embedder: { refuseOn: (text) => text === 'long' } });
      const refused = await post(path, { inputs: ['x', 'long'] }, strict);
      expect(refused.status).toBe(422);
      expect(refused.json).toMatchObject({ code: 'input_too_long', param: 'inputs[1]' });
      expect((await post(path, { inputs: ['x', 'long'], truncate: true }, strict)).status).toBe(200);
    });

    it('needs the scope of embeddings', async () => {
      const narrow = await createApiKey(database.prisma, { workspaceId, scopes: ['sentiment', 'text'] });
      const { status, json } = await call(door, { path, key: narrow.key, body: { inputs: 'x' } });
      expect(status).toBe(403);
      expect(json).toMatchObject({ error_type: 'scope_missing', code: 'scope_missing' });
    });
  },
);

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
    '/models/text-embedding-1',
    '/models/text-embedding-1/pipeline/feature-extraction',
    '/models/text-1',
    '/models/text-1/v1/chat/completions',
    '/models/text-1/v1/completions',
    '/',
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
