import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { png } from '../testing/pictures.ts';

let database: TestDatabase;
let gateway: TestProcess;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { id: workspaceId } = await createWorkspace(database.prisma);
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  gateway = await startInference({
    databaseUrl: database.url,
    env: { INFERENCE_RUNTIME: 'fake', LOG_LEVEL: 'debug' },
  });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const canary = 'CANARY7f3a9c';
/** A picture that ends with the canary, as bytes and in base64. */
const marked = Buffer.concat([png, Buffer.from(canary.repeat(2))]);
const base64 = marked.toString('base64');
/** Also as a URL's host has it. */
const isTrace = new RegExp(`${canary}|${base64.slice(-20, -4).replaceAll('+', '\\+')}`, 'i');

it('leaves nothing of an input in the database, the log or a file, whatever becomes of the request', async () => {
  const post = (body: string, headers: Record<string, string> = {}, path = '/v1/sentiment') =>
    fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body,
    }).then((response) => response.status);
  const json = (value: unknown) => JSON.stringify(value);

  expect(await post(json({ input: canary }))).toBe(200);
  expect(await post(json({ input: [canary, canary], truncate: true }))).toBe(200);
  expect(await post(json({ input: [canary, ''] }))).toBe(400);
  expect(await post(json({ input: `${canary}\0` }))).toBe(400);
  expect(await post(json({ input: `${canary}\ud800` }))).toBe(400);
  expect(await post(json({ input: canary.repeat(2_000) }))).toBe(422);
  expect(await post(json({ input: Array.from({ length: 300 }, () => canary) }))).toBe(413);
  expect(await post(json({ input: canary, [canary]: 1 }))).toBe(400);
  expect(await post(json({ input: canary, model: canary }))).toBe(404);
  expect(await post(`{"input": "${canary}`)).toBe(400);
  expect(await post(canary, { 'content-type': `text/${canary}` })).toBe(415);
  expect(await post(json({ input: canary }), { authorization: `Bearer ${canary}` })).toBe(401);
  expect(await post(json({ input: canary }), {}, `/v1/${canary}?q=${canary}`)).toBe(404);
  expect(await post(json({ input: canary }), { 'x-forwarded-for': canary, 'user-agent': canary })).toBe(200);
  const narrow = await createWorkspace(database.prisma, { quotaUnits: 0 });
  const spent = await createApiKey(database.prisma, { workspaceId: narrow.id });
  expect(await post(json({ input: canary }), { authorization: `Bearer ${spent.key}` })).toBe(429);
  const explain = (body: object) => post(json(body), {}, '/v1/explanations');
  expect(await explain({ input: `${canary} is dull` })).toBe(200);
  expect(await explain({ input: `${canary} is dull`, method: 'shap' })).toBe(200);
  expect(await explain({ input: canary, [canary]: 1 })).toBe(400);
  expect(await explain({ input: `a b c d e f ${canary}`, method: 'lime', samples: 2 })).toBe(400);
  const picture = { base64 };
  expect(await explain({ input: picture, grid: 4 })).toBe(200);
  expect(await explain({ input: picture, method: 'lime', grid: 4, label: canary })).toBe(400);
  expect(await explain({ input: { base64: `${canary}!` } })).toBe(400);
  expect(await explain({ input: { url: `http://${canary}.localhost/${canary}` } })).toBe(422);
  expect(await explain({ input: picture, [canary]: 1 })).toBe(400);
  expect(await explain({ input: picture, model: canary })).toBe(404);
  await classifyCanaries();
  await embedCanaries();
  await generateCanaries();
  await huggingFaceCanaries();
  await hangUp();
  const get = (path: string) =>
    fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${key}` } }).then(
      ({ status }) => status,
    );
  expect(await get(`/v1/usage?group_by=${canary}`)).toBe(400);
  expect(await get(`/v1/usage?${canary}=1`)).toBe(400);
  expect(await get(`/v1/usage/receipts/${canary}`)).toBe(404);
  // The workspace has not switched feedback on.
  const feedback = (body: object) => post(json(body), {}, '/v1/feedback');
  expect(await feedback({ request_id: `req_${'0'.repeat(32)}`, correction: canary })).toBe(403);
  expect(await feedback({ request_id: canary, label: canary })).toBe(403);
  expect(await feedback({ request_id: canary, [canary]: canary })).toBe(400);
  expect(await get('/v1/usage')).toBe(200);
  await gateway.stop();

  expect(gateway.output()).toContain('answered');
  expect(gateway.output()).not.toMatch(isTrace);
  expect(gateway.output()).not.toContain(key.slice(-20));
  for (const { table, rows } of await dump()) {
    expect(isTrace.test(rows), `table ${table}`).toBe(false);
    expect(rows.includes(key.slice(-20)), `table ${table}`).toBe(false);
  }
  for (const file of await filesOfTheProduct()) {
    expect(isTrace.test(await readFile(file, 'latin1')), file).toBe(false);
  }
});

/** In the bytes of pictures, in names, in fields and in URLs, whose host is written in lower case on its way. */
async function classifyCanaries(): Promise<void> {
  const classify = (body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${gateway.url}/v1/images/classify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, ...headers },
      body,
    }).then((response) => response.status);
  const asJson = (body: object) => classify(JSON.stringify(body), { 'content-type': 'application/json' });
  const form = (name: string, bytes: Uint8Array, fileName: string) => {
    const made = new FormData();
    made.append(name, new Blob([Buffer.from(bytes)]), fileName);
    return made;
  };

  expect(await classify(form('image', marked, `${canary}.png`))).toBe(200);
  expect(await classify(marked, { 'content-type': `image/${canary}` })).toBe(200);
  expect(await asJson({ input: [{ base64 }, { base64: `data:image/png;base64,${base64}` }] })).toBe(200);
  expect(await classify(form('image', Buffer.from(canary), canary))).toBe(422);
  expect(await classify(form(canary, marked, canary))).toBe(400);
  expect(await classify(canary, { 'content-type': `multipart/form-data; boundary=${canary}` })).toBe(400);
  expect(await classify(canary, { 'content-type': `text/${canary}` })).toBe(415);
  expect(await asJson({ input: { base64: `${canary}!` } })).toBe(400);
  expect(await asJson({ input: { base64, name: canary } })).toBe(400);
  expect(await asJson({ input: { base64 }, model: canary })).toBe(404);
  for (const url of [
    canary,
    `${canary}://x`,
    `http://127.0.0.1/${canary}?token=${canary}`,
    `http://${canary}.localhost/${canary}`,
    `http://${canary}:${canary}@example.com/`,
    `http://${canary}.example.com:8080/`,
  ]) {
    expect(await asJson({ input: { url } })).toBe(422);
  }
}

/** And in texts that are embedded, and what stands beside pictures there. */
async function embedCanaries(): Promise<void> {
  const embed = (body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${gateway.url}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, ...headers },
      body,
    }).then((response) => response.status);
  const asJson = (body: object) => embed(JSON.stringify(body), { 'content-type': 'application/json' });
  const form = new FormData();
  form.append('image', new Blob([marked]), `${canary}.png`);
  form.append('user', canary);

  expect(await asJson({ input: canary, user: canary })).toBe(200);
  expect(await asJson({ input: ['good', `${canary} ${canary}`], encoding_format: 'base64' })).toBe(200);
  expect(await asJson({ input: canary, model: canary })).toBe(404);
  expect(await asJson({ input: canary, [canary]: true })).toBe(400);
  expect(await asJson({ input: [canary, { [canary]: canary }] })).toBe(400);
  expect(await embed(form)).toBe(200);
  expect(await embed(marked, { 'content-type': `image/${canary}` })).toBe(200);
  expect(await asJson({ input: [{ base64 }], user: canary, encoding_format: 'base64' })).toBe(200);
  expect(await asJson({ input: canary, model: 'image-1' })).toBe(400);
  expect(await asJson({ input: [canary], dimensions: canary })).toBe(400);
  expect(await asJson({ input: { base64 }, [canary]: 1 })).toBe(400);
  expect(await asJson({ input: { base64 }, dimensions: canary })).toBe(400);
  expect(await asJson({ input: { base64 }, encoding_format: canary })).toBe(400);
  expect(await asJson({ input: { base64 }, model: canary })).toBe(404);
  expect(await asJson({ input: { base64: Buffer.from(canary.repeat(2)).toString('base64') } })).toBe(422);
  expect(await asJson({ input: { url: `http://${canary}.localhost/${canary}` } })).toBe(422);
}

/** In prompts, stop sequences, schemas and fields; whole, streamed, and broken off. The fake model fails on none. */
async function generateCanaries(): Promise<void> {
  const send = (path: string, body: object, signal?: AbortSignal) =>
    fetch(`${gateway.url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
  const status = async (path: string, body: object) => {
    const response = await send(path, body);
    await response.text();
    return response.status;
  };
  const messages = [{ role: 'user', content: canary }];
  const long = [{ role: 'user', content: `${canary} `.repeat(1_500) }];
  const stop = [canary];
  expect(await status('text/generate', { prompt: canary, stop, user: canary })).toBe(400);
  expect(await status('completions', { prompt: canary, stop, echo: true, user: canary })).toBe(200);
  expect(await status('completions', { prompt: canary, stop, echo: true, stream: true })).toBe(200);
  for (const stream of [false, true]) {
    expect(await status('text/generate', { prompt: canary, stop, stream })).toBe(200);
    expect(await status('chat/completions', { messages, user: canary, stream })).toBe(200);
    expect(await status('chat/completions', { messages, model: canary, stream })).toBe(404);
    expect(await status('chat/completions', { messages, tools: [canary], stream })).toBe(400);
    expect(await status('chat/completions', { messages: [{ role: canary, content: canary }], stream })).toBe(
      400,
    );
    expect(await status('chat/completions', { messages, logit_bias: { [canary]: 1 }, stream })).toBe(400);
    expect(await status('chat/completions', { messages, logit_bias: { 9999999: 1 }, stream })).toBe(400);
    const json_schema = { name: canary, schema: { [canary]: canary } };
    const response_format = { type: 'json_schema', json_schema };
    expect(await status('chat/completions', { messages, response_format, stream })).toBe(400);
    expect(await status('chat/completions', { messages: [...long, ...long], stream })).toBe(422);
  }
  const leaving = new AbortController();
  const response = await send('text/generate', { prompt: `${canary} 2000`, stream: true }, leaving.signal);
  await response.body?.getReader().read();
  leaving.abort();
}

/** The same things where Hugging Face's clients put them. */
async function huggingFaceCanaries(): Promise<void> {
  const send = async (path: string, body: BodyInit, type = 'application/json') => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': type };
    const response = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body });
    await response.text();
    return response.status;
  };
  const status = (path: string, body: object) => send(path, JSON.stringify(body));

  expect(await status(`/models/${canary}`, { inputs: canary })).toBe(404);
  expect(await status('/models/sentiment-1', { inputs: [canary], [canary]: 1 })).toBe(200);
  expect(await status('/models/sentiment-1', { inputs: canary, parameters: { top_k: canary } })).toBe(400);
  expect(await status('/models/sentiment-1', { inputs: canary.repeat(2_000) })).toBe(422);
  for (const path of ['/models/text-embedding-1', '/models/text-embedding-1/pipeline/feature-extraction']) {
    expect(await status(path, { inputs: [canary, `${canary} ${canary}`], [canary]: 1 })).toBe(200);
    expect(await status(path, { inputs: canary, prompt_name: canary })).toBe(400);
    expect(await status(path, { inputs: canary.repeat(2_000) })).toBe(422);
  }
  const features = '/models/image-1/pipeline/feature-extraction';
  for (const path of ['/models/image-1', features]) {
    expect(await send(path, marked, `image/${canary}`)).toBe(200);
    expect(await status(path, { inputs: [base64, `data:image/png;base64,${base64}`] })).toBe(200);
    expect(await status(path, { inputs: `${canary}!` })).toBe(400);
    expect(await status(path, { inputs: Buffer.from(canary.repeat(2)).toString('base64') })).toBe(422);
    expect(await status(path, { inputs: `http://${canary}.localhost/${canary}` })).toBe(422);
    expect(await send(path, canary, `text/${canary}`)).toBe(415);
  }
  const stop = [canary];
  for (const path of ['/models/text-1', '/', '/generate', '/generate_stream']) {
    const parameters = { stop, details: true, return_full_text: true };
    expect(await status(path, { inputs: canary, parameters, stream: true })).toBe(200);
    expect(await status(path, { inputs: canary, parameters: { grammar: canary } })).toBe(400);
    expect(await status(path, { inputs: canary, parameters: canary })).toBe(400);
    expect(await status(path, { inputs: `${canary} `.repeat(3_000) })).toBe(422);
  }
  const below = '/models/text-1/v1';
  expect(await status(`${below}/completions`, { prompt: canary, model: canary, echo: true })).toBe(200);
  expect(await status(`${below}/completions`, { prompt: canary, adapter_id: canary })).toBe(400);
  const messages = [{ role: 'user', content: canary }];
  expect(await status(`${below}/chat/completions`, { messages, model: canary, stream: true })).toBe(200);
  expect(await status(`${below}/chat/completions`, { messages, tools: [canary] })).toBe(400);
}

async function hangUp(): Promise<void> {
  const leaving = new AbortController();
  const request = fetch(`${gateway.url}/v1/sentiment`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ input: canary }),
    signal: leaving.signal,
  });
  leaving.abort();
  await request.catch(() => {});
}

/** Every table of every schema of ours, as text. */
async function dump(): Promise<{ table: string; rows: string }[]> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  expect(tables.length).toBeGreaterThan(10);
  return Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await database.pool.query<{ all: string }>(
        `SELECT coalesce(string_agg(t::text, E'\\n'), '') AS all FROM ${name} t`,
      );
      return { table: name, rows: rows[0]?.all ?? '' };
    }),
  );
}

/** What the gateway could have written to: its data folder. */
async function filesOfTheProduct(): Promise<string[]> {
  const folder = path.resolve('.modelyard');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && /\.(log|json|txt)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}
