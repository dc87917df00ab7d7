import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { serve } from '@hono/node-server';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddingLimits } from '#server/domain/rate-limits/limits.ts';
import { parsePublicRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { loadTextEmbedder, type OnnxTextEmbedder } from '#workers/model-runtime/onnx/load-text-embedder.ts';
import { computeThreadEntry } from '../models/compute-thread-entry.ts';
import { readBooks } from '../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { png } from '../testing/pictures.ts';

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

const embed = (body: object, through = door, asKey = key) =>
  call(through, { key: asKey, path: '/v1/embeddings', body });
const ledgerRow = (publicId: string) =>
  database.prisma.usageRecord.findUnique({ where: { id: parsePublicRequestId(publicId) ?? '' } });
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? Number.NaN), 0);

describe('POST /v1/embeddings with texts', () => {
  it('answers in the shape of the OpenAI API, and the ledger has it before the answer', async () => {
    const { status, json, headers } = await embed({ input: 'three little words', model: 'text-embedding-1' });
    expect(status).toBe(200);
    expect(json).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: expect.any(Array) }],
      model: 'text-embedding-1',
      usage: { prompt_tokens: 3, total_tokens: 3, units: 3, price_micro_usd: 3 },
    });
    expect(json.data[0].embedding).toHaveLength(384);
    expect(Math.hypot(...json.data[0].embedding)).toBeCloseTo(1, 6);
    expect(await ledgerRow(headers.get('x-request-id') ?? '')).toMatchObject({
      workspaceId,
      task: 'text-embedding',
      modelVersion: door.textEmbedder.model.version,
      statusClass: 2,
      inputUnits: 3n,
      outputUnits: 0n,
      priceMicroUsd: 3n,
      priceVersion: 1,
      unit: 'token',
    });
  });

  it('answers a list in its order, with what each gets alone', async () => {
    const texts = ['a cat', 'a dog and a cat', 'rain'];
    const { json } = await embed({ input: texts });
    expect(json.usage).toMatchObject({ prompt_tokens: 8, units: 8 });
    for (const [index, text] of texts.entries()) {
      const [alone] = (await embed({ input: text })).json.data;
      expect(json.data[index]).toEqual({ ...alone, index });
    }
  });

  it('writes in base64 the floats that it writes as numbers', async () => {
    const body = { input: ['a cat', 'a dog'], dimensions: 384, user: 'user-1234' };
    const numbers = (await embed({ ...body, encoding_format: 'float' })).json.data;
    const encoded = (await embed({ ...body, encoding_format: 'base64' })).json.data;
    for (const [index, { embedding }] of encoded.entries()) {
      const bytes = Buffer.from(embedding, 'base64');
      const floats = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(4 * at));
      expect(floats).toEqual(numbers[index].embedding);
    }
  });

  it('cuts a text that is too long where it is asked to', async () => {
    const strict = gatewayUnderTest(database, { embedder: { refuseOn: (text) => text.length > 20 } });
    const input = ['short', 'a text of more letters than that'];
    expect((await embed({ input }, strict)).status).toBe(422);
    expect((await embed({ input, truncate: true }, strict)).status).toBe(200);
  });

  it('takes as many at once as OpenAI’s clients send', async () => {
    const input = Array.from({ length: embeddingLimits.textsMax }, (_, at) => `text ${at}`);
    const { status, json } = await embed({ input, encoding_format: 'base64' });
    expect(status).toBe(200);
    expect(json.data).toHaveLength(embeddingLimits.textsMax);
    expect(json.usage.units).toBe(2 * embeddingLimits.textsMax);
  });

  it('shares its batches between workspaces, which learn nothing of each other', async () => {
    const slow = gatewayUnderTest(database, { embedder: { latencyMs: 30 } });
    const other = await createWorkspace(database.prisma);
    const its = await createApiKey(database.prisma, { workspaceId: other.id });
    const [mine, theirs] = await Promise.all([
      embed({ input: 'a cat' }, slow),
      embed({ input: 'a dog' }, slow, its.key),
    ]);
    const fake = slow.textEmbedder as unknown as { batches: readonly (readonly { text: string }[])[] };
    expect(fake.batches.map((batch) => batch.length)).toContain(2);
    expect(mine.json.data).toEqual((await embed({ input: 'a cat' })).json.data);
    expect(theirs.json.data).toEqual((await embed({ input: 'a dog' })).json.data);
  });

  it('spends a workspace’s own units, to the last one', async () => {
    const other = await createWorkspace(database.prisma, { quotaUnits: 5 });
    const its = await createApiKey(database.prisma, { workspaceId: other.id });
    const before = await readBooks(database.pool, workspaceId);
    expect((await embed({ input: 'three little words' }, door, its.key)).status).toBe(200);
    const tooMany = await embed({ input: ['one', 'two', 'three'] }, door, its.key);
    expect(tooMany).toMatchObject({ status: 429, json: { error: { code: 'insufficient_quota' } } });
    expect((await embed({ input: ['one', 'two'] }, door, its.key)).status).toBe(200);
    expect(await readBooks(database.pool, other.id)).toMatchObject({
      ledger: 2,
      ledgerUnits: 5,
      spent: 5,
      heldUnits: 0,
      holds: 0,
    });
    expect(await readBooks(database.pool, workspaceId)).toEqual(before);
  });

  it('bills nothing when the model fails, and says so', async () => {
    const failing = gatewayUnderTest(database, { embedder: { failOn: () => true } });
    const answered = await embed({ input: 'a cat' }, failing);
    expect(answered).toMatchObject({ status: 503, json: { error: { code: 'model_unavailable' } } });
    expect(await ledgerRow(answered.headers.get('x-request-id') ?? '')).toMatchObject({
      task: 'text-embedding',
      statusClass: 5,
      inputUnits: 0n,
      priceMicroUsd: 0n,
    });
  });

  it('needs the scope, whatever is embedded', async () => {
    const narrow = await createApiKey(database.prisma, {
      workspaceId,
      scopes: ['sentiment', 'images', 'text'],
    });
    const refused = await embed({ input: 'a cat' }, door, narrow.key);
    expect(refused).toMatchObject({ status: 403, json: { error: { code: 'scope_missing' } } });
  });

  it('leaves pictures to their own model', async () => {
    const { json } = await embed({ input: { base64: png.toString('base64') } });
    expect(json).toMatchObject({ model: 'image-1', usage: { images: 1, prompt_tokens: 0 } });
    expect(json.data[0].embedding).toHaveLength(1280);
  });
});

describe('the sentence encoder that ships, through the gateway', () => {
  let runtime: OnnxTextEmbedder;
  let server: Server;
  let openai: OpenAI;

  beforeAll(async () => {
    runtime = await loadTextEmbedder({
      folder: path.resolve('workers/models/text-embedding'),
      id: 'text-embedding-1',
      threads: 1,
      threadEntry: computeThreadEntry(),
    });
    await runtime.ready();
    const shipped = gatewayUnderTest(database, { textEmbedder: runtime });
    server = serve({ fetch: shipped.gateway.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
    if (!server.listening) await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    openai = new OpenAI({ apiKey: key, baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await runtime.close();
  });

  it('finds by meaning what shares no word, with OpenAI’s client as it is', async () => {
    const passages = [
      'Refunds are paid back to the card within five working days.',
      'Our office is closed on public holidays.',
      'You can change your password in the account settings.',
      'The parcel left our warehouse and arrives on Thursday.',
    ];
    const questions = ['When do I get my money back?', 'Where is my order?', 'I forgot my login'];
    const { data, usage } = await openai.embeddings.create({
      model: 'text-embedding-1',
      input: [...passages, ...questions],
    });
    expect(data[0]?.embedding).toHaveLength(384);
    const vectors = data.map(({ embedding }) => embedding);
    const found = vectors.slice(passages.length).map((question) => {
      const scores = vectors.slice(0, passages.length).map((passage) => dot(passage, question));
      return scores.indexOf(Math.max(...scores));
    });
    expect(found).toEqual([0, 3, 2]);
    expect(usage.prompt_tokens).toBeGreaterThan(50);
    expect(usage.total_tokens).toBe(usage.prompt_tokens);
  });

  it('gives OpenAI’s client the same floats whichever way they travel', async () => {
    const ask = (format: 'float' | 'base64' | undefined) =>
      openai.embeddings.create({
        model: 'text-embedding-1',
        input: 'a cat on a mat',
        ...(format ? { encoding_format: format } : {}),
      });
    const [asFloats, byDefault] = [await ask('float'), await ask(undefined)];
    expect(byDefault.data[0]?.embedding).toEqual(asFloats.data[0]?.embedding);
    expect(Math.hypot(...(byDefault.data[0]?.embedding ?? []))).toBeCloseTo(1, 5);
  });
});
