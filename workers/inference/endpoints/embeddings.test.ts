import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePublicRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { formOf, gif, png } from '../testing/pictures.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

/** Serves pictures on the loopback, which this gateway alone is let to. */
let server: Server;
let url: string;
let answer: (response: ServerResponse) => void = (response) => response.end(png);

beforeAll(async () => {
  database = await createTestDatabase();
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  door = gatewayUnderTest(database, {
    outbound: { policy: { allowsAddress: (address) => address === '127.0.0.1', allowsPort: () => true } },
  });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await database.drop();
});

const base64 = png.toString('base64');
const embed = (options: CallOptions, through = door) =>
  call(through, { key, path: '/v1/embeddings', ...options });
const embedJson = (body: object) => embed({ body });
const ledgerRow = (publicId: string) =>
  database.prisma.usageRecord.findUnique({ where: { id: parsePublicRequestId(publicId) ?? '' } });

describe('POST /v1/embeddings', () => {
  it('answers in the shape of the OpenAI API, and the ledger has it before the answer', async () => {
    const { status, json, headers } = await embedJson({ input: { base64 }, model: 'image-1' });
    expect(status).toBe(200);
    expect(json).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: expect.any(Array) }],
      model: 'image-1',
      usage: { prompt_tokens: 0, total_tokens: 0, images: 1, units: 1, price_micro_usd: 200 },
    });
    expect(json.data[0].embedding).toHaveLength(1280);
    expect(Math.hypot(...json.data[0].embedding)).toBeCloseTo(1, 6);
    expect(await ledgerRow(headers.get('x-request-id') ?? '')).toMatchObject({
      workspaceId,
      task: 'image-embedding',
      modelVersion: door.imageRuntime.model.version,
      statusClass: 2,
      inputUnits: 1n,
      outputUnits: 0n,
      priceMicroUsd: 200n,
      priceVersion: 1,
      unit: 'image',
    });
  });

  it('gives the same vector to the same picture, however it is sent', async () => {
    const ways = [
      await embedJson({ input: { base64 } }),
      await embedJson({ input: [{ base64: `data:image/png;base64,${base64}` }] }),
      await embedJson({ input: { url } }),
      await embed({ rawBody: formOf(['image', png]), contentType: null }),
      await embed({ rawBody: png, contentType: 'image/png' }),
      await embed({ rawBody: png, contentType: null }),
    ];
    for (const { status, json } of ways) {
      expect(status).toBe(200);
      expect(json.data).toEqual(ways[0]?.json.data);
    }
  });

  it('writes in base64 the floats that it writes as numbers', async () => {
    const numbers = (await embedJson({ input: { base64 }, encoding_format: 'float' })).json.data[0].embedding;
    const asked = await embedJson({ input: { base64 }, encoding_format: 'base64' });
    const bytes = Buffer.from(asked.json.data[0].embedding, 'base64');
    expect(bytes).toHaveLength(4 * 1280);
    const floats = Array.from({ length: 1280 }, (_, at) => bytes.readFloatLE(4 * at));
    expect(floats).toEqual(numbers);
    const form = formOf(['image', png], ['encoding_format', 'base64']);
    expect((await embed({ rawBody: form, contentType: null })).json.data).toEqual(asked.json.data);
  });

  it('answers several in their order, and bills each', async () => {
    const { json, headers } = await embedJson({ input: [{ base64: gif.toString('base64') }, { url }] });
    const alone = async (bytes: Buffer<ArrayBuffer>) =>
      (await embed({ rawBody: bytes, contentType: null })).json.data[0].embedding;
    expect(json.data).toEqual([
      { object: 'embedding', index: 0, embedding: await alone(gif) },
      { object: 'embedding', index: 1, embedding: await alone(png) },
    ]);
    expect(json.usage).toMatchObject({ images: 2, units: 2, price_micro_usd: 400 });
    expect(await ledgerRow(headers.get('x-request-id') ?? '')).toMatchObject({
      inputUnits: 2n,
      priceMicroUsd: 400n,
    });
  });

  it('takes what clients send along: the length that it has, and a user that it keeps nowhere', async () => {
    const { status, json } = await embedJson({ input: { base64 }, dimensions: 1280, user: 'user-1234' });
    expect(status).toBe(200);
    expect(json.data).toEqual((await embedJson({ input: { base64 } })).json.data);
    const form = formOf(['image', png], ['user', '1234'], ['dimensions', '1280']);
    expect((await embed({ rawBody: form, contentType: null })).status).toBe(200);
  });

  it('shares its batches with classification', async () => {
    const slow = gatewayUnderTest(database, { imageModel: { latencyMs: 30 } });
    const classify = () => call(slow, { key, path: '/v1/images/classify', rawBody: png, contentType: null });
    const answers = await Promise.all([
      classify(),
      embed({ rawBody: png, contentType: null }, slow),
      classify(),
      embed({ rawBody: gif, contentType: null }, slow),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const fake = slow.imageRuntime as unknown as { batches: readonly (readonly object[])[] };
    expect(fake.batches.some((batch) => new Set(batch.map((item) => 'kind' in item)).size === 2)).toBe(true);
  });

  it('names both tasks of the model in the list', async () => {
    const { json } = await call(door, { key, method: 'GET', path: '/v1/models' });
    const tasks = Object.fromEntries(
      json.data.map(({ id, tasks }: { id: string; tasks: string[] }) => [id, tasks]),
    );
    expect(tasks).toEqual({
      'sentiment-1': ['sentiment'],
      'image-1': ['image-classification', 'embedding'],
      'text-embedding-1': ['embedding'],
      'text-1': ['text-generation'],
    });
  });

  it('counts its answers by its route', async () => {
    await embedJson({ input: { base64 } });
    const { text } = await call(door, { method: 'GET', path: '/metrics' });
    expect(text).toContain('inference_answers_total{route="/v1/embeddings",status="200",code="ok"}');
  });

  it('bills nothing when the model fails, and says so', async () => {
    const failing = gatewayUnderTest(database, { imageModel: { failOn: () => true } });
    const answered = await embed({ rawBody: png, contentType: null }, failing);
    expect(answered).toMatchObject({ status: 503, json: { error: { code: 'model_unavailable' } } });
    expect(await ledgerRow(answered.headers.get('x-request-id') ?? '')).toMatchObject({
      task: 'image-embedding',
      statusClass: 5,
      inputUnits: 0n,
      priceMicroUsd: 0n,
    });
  });
});

describe('a key of another workspace', () => {
  it('spends its own units and nobody else’s, to the last one', async () => {
    const other = await createWorkspace(database.prisma, { quotaUnits: 3 });
    const its = await createApiKey(database.prisma, { workspaceId: other.id });
    const before = await readBooks(database.pool, workspaceId);
    const two = formOf(['image', png], ['image', gif]);
    const first = await embed({ key: its.key, rawBody: two, contentType: null });
    expect(first.status).toBe(200);
    const tooMany = await embed({ key: its.key, body: { input: [{ base64 }, { base64 }] } });
    expect(tooMany).toMatchObject({ status: 429, json: { error: { code: 'insufficient_quota' } } });
    expect((await embed({ key: its.key, rawBody: png, contentType: null })).status).toBe(200);
    const spent = await embed({ key: its.key, rawBody: png, contentType: null });
    expect(spent).toMatchObject({ status: 429, json: { error: { code: 'insufficient_quota' } } });
    expect(await readBooks(database.pool, other.id)).toMatchObject({
      ledger: 2,
      ledgerUnits: 3,
      rolledUnits: 3,
      spent: 3,
      heldUnits: 0,
      holds: 0,
    });
    expect(await readBooks(database.pool, workspaceId)).toEqual(before);
  });

  it('is answered by the same batch and learns nothing of it', async () => {
    const other = await createWorkspace(database.prisma);
    const its = await createApiKey(database.prisma, { workspaceId: other.id });
    const [mine, theirs] = await Promise.all([
      embed({ rawBody: png, contentType: null }),
      embed({ key: its.key, rawBody: gif, contentType: null }),
    ]);
    expect(mine.json.data).toEqual((await embed({ rawBody: png, contentType: null })).json.data);
    expect(theirs.json.data).toEqual((await embed({ rawBody: gif, contentType: null })).json.data);
  });
});

describe('a key without the scope', () => {
  it('may not, though it may classify pictures: none that exists is given it', async () => {
    const narrow = await createApiKey(database.prisma, {
      workspaceId,
      scopes: ['sentiment', 'images', 'models:read', 'usage:read'],
    });
    const options = { key: narrow.key, rawBody: png, contentType: null };
    expect(await embed(options)).toMatchObject({ status: 403, json: { error: { code: 'scope_missing' } } });
    expect((await call(door, { ...options, path: '/v1/images/classify' })).status).toBe(200);
    const only = await createApiKey(database.prisma, { workspaceId, scopes: ['embeddings'] });
    expect((await embed({ ...options, key: only.key })).status).toBe(200);
    const classified = await call(door, { ...options, key: only.key, path: '/v1/images/classify' });
    expect(classified.status).toBe(403);
  });
});

describe('a picture by URL', () => {
  it('is asked for only once the caller is admitted', async () => {
    let asked = 0;
    answer = (response) => {
      asked++;
      response.end(png);
    };
    const body = { input: { url } };
    const spent = await createWorkspace(database.prisma, { quotaUnits: 0 });
    const its = await createApiKey(database.prisma, { workspaceId: spent.id });
    expect((await embed({ key: undefined, body })).status).toBe(401);
    expect((await embed({ key: its.key, body })).status).toBe(429);
    expect((await embedJson({ ...body, dimensions: 256 })).status).toBe(400);
    expect(asked).toBe(0);
    expect((await embedJson(body)).status).toBe(200);
    expect(asked).toBe(1);
  });

  it('is given up with the caller, who is billed nothing', async () => {
    const leaving = new AbortController();
    answer = () => leaving.abort();
    await embed({ body: { input: { url } }, signal: leaving.signal });
    const rows = await database.prisma.usageRecord.findMany({
      where: { workspaceId },
      orderBy: { id: 'desc' },
    });
    expect(rows[0]).toMatchObject({ task: 'image-embedding', statusClass: 4, inputUnits: 0n });
    expect(await database.prisma.hold.count({ where: { workspaceId } })).toBe(0);
  });
});
