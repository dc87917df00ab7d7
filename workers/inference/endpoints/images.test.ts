import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePublicRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { type FormEntry, formOf, gif, png } from '../testing/pictures.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

/** Serves pictures on the loopback, which this gateway alone is let to. */
let server: Server;
let port: number;
let answer: (response: ServerResponse) => void = (response) => response.end(png);

beforeAll(async () => {
  database = await createTestDatabase();
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  server = createServer((_request, response) => answer(response));
  port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  door = gatewayUnderTest(database, {
    outbound: { policy: { allowsAddress: (address) => address === '127.0.0.1', allowsPort: () => true } },
  });
});
afterAll(async () => {
  server.close();
  await database.drop();
});

const classify = (options: CallOptions, through = door) =>
  call(through, { key, path: '/v1/images/classify', ...options });
const classifyForm = (...entries: readonly FormEntry[]) =>
  classify({ rawBody: formOf(...entries), contentType: null });
const classifyJson = (body: unknown) => classify({ body });
const ledgerRow = (publicId: string) =>
  database.prisma.usageRecord.findUnique({ where: { id: parsePublicRequestId(publicId) ?? '' } });

describe('POST /v1/images/classify', () => {
  it('answers a picture, and the ledger has it before the answer', async () => {
    const { status, json, headers } = await classifyForm(['image', png]);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      object: 'image_classification',
      model: door.imageRuntime.model.id,
      data: [{ index: 0, label: expect.any(String), score: expect.any(Number) }],
      usage: { images: 1, units: 1, price_micro_usd: 200 },
    });
    const [{ label, score, scores }] = json.data;
    expect(scores).toHaveLength(5);
    expect(scores[0]).toEqual({ label, wordnet_id: expect.stringMatching(/^n\d{8}$/), score });
    expect(headers.get('x-request-id')).toBe(json.id);
    expect(await ledgerRow(json.id)).toMatchObject({
      workspaceId,
      task: 'image-classification',
      modelVersion: door.imageRuntime.model.version,
      statusClass: 2,
      inputUnits: 1n,
      priceMicroUsd: 200n,
      priceVersion: 1,
      unit: 'image',
    });
  });

  it('gives the same answer to the same picture, however it is sent', async () => {
    const base64 = png.toString('base64');
    const ways = [
      await classifyForm(['image', png]),
      await classifyJson({ input: { base64 } }),
      await classifyJson({ input: [{ base64: `data:image/png;base64,${base64}` }] }),
      await classifyJson({ input: { url: `http://127.0.0.1:${port}/` } }),
      await classify({ rawBody: png, contentType: 'image/jpeg' }),
      await classify({ rawBody: png, contentType: null }),
    ];
    for (const { status, json } of ways) {
      expect(status).toBe(200);
      expect(json.data).toEqual(ways[0]?.json.data);
    }
  });

  it('goes by the bytes, not by names, declared types or extensions', async () => {
    const form = new FormData();
    form.append('image', new File([new Uint8Array(png)], 'cat.svg', { type: 'image/svg+xml' }));
    const named = await classify({ rawBody: form, contentType: null });
    const declared = await classify({ rawBody: png, contentType: 'image/gif' });
    const dataUrl = `data:image/webp;base64,${png.toString('base64')}`;
    const inUrl = await classifyJson({ input: { base64: dataUrl } });
    const [expected] = (await classifyForm(['image', png])).json.data;
    for (const { json } of [named, declared, inUrl]) expect(json.data).toEqual([expected]);
  });

  it('answers several in their order, and bills each', async () => {
    const input = [{ base64: gif.toString('base64') }, { url: `http://127.0.0.1:${port}/` }];
    const { json } = await classifyJson({ input });
    const [alone] = (await classifyForm(['image', gif])).json.data;
    expect(json.data.map(({ index }: { index: number }) => index)).toEqual([0, 1]);
    expect(json.data[0]).toEqual(alone);
    expect(json.usage).toEqual({ images: 2, units: 2, price_micro_usd: 400 });
    expect(await ledgerRow(json.id)).toMatchObject({ inputUnits: 2n, priceMicroUsd: 400n });
  });

  it('names as many labels as are asked for, the most probable first', async () => {
    for (const top of [1, 3, 100]) {
      const { json } = await classifyForm(['image', png], ['top_k', String(top)]);
      const scores = json.data[0].scores.map(({ score }: { score: number }) => score);
      expect(scores.length).toBeLessThanOrEqual(top);
      expect(scores.length).toBeGreaterThanOrEqual(Math.min(top, 5));
      expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a));
    }
  });

  it('abstains below the probability that was asked for, is billed, and says so by null', async () => {
    const sure = (await classifyForm(['image', png], ['abstain_below', '0'])).json.data[0];
    const { json } = await classifyForm(['image', png], ['abstain_below', '1']);
    expect(sure.label).not.toBeNull();
    expect(json.data[0]).toEqual({ ...sure, label: null });
    expect(json.usage.units).toBe(1);
    const exactly = await classifyForm(['image', png], ['abstain_below', String(sure.score)]);
    expect(exactly.json.data[0].label).toBe(sure.label);
  });

  it('is a model of the list', async () => {
    const { json } = await call(door, { key, method: 'GET', path: '/v1/models' });
    expect(json.data.map(({ id }: { id: string }) => id)).toContain(door.imageRuntime.model.id);
  });

  it('bills nothing when the model fails, and says so', async () => {
    const failing = gatewayUnderTest(database, { imageModel: { failOn: () => true } });
    const answered = await classify({ rawBody: png, contentType: null }, failing);
    expect(answered).toMatchObject({ status: 503, json: { error: { code: 'model_unavailable' } } });
    expect(await ledgerRow(answered.headers.get('x-request-id') ?? '')).toMatchObject({
      statusClass: 5,
      inputUnits: 0n,
      priceMicroUsd: 0n,
    });
  });
});

describe('a key of another workspace', () => {
  it('spends its own units and nobody else’s', async () => {
    const other = await createWorkspace(database.prisma, { quotaUnits: 2 });
    const its = await createApiKey(database.prisma, { workspaceId: other.id });
    const spentHere = async () =>
      (await database.prisma.allowance.findUniqueOrThrow({ where: { workspaceId } })).spentUnits;
    const before = await spentHere();
    const two = formOf(['image', png], ['image', png]);
    const first = await classify({ key: its.key, rawBody: two, contentType: null });
    expect(first.status).toBe(200);
    expect(await ledgerRow(first.json.id)).toMatchObject({ workspaceId: other.id });
    const second = await classify({ key: its.key, rawBody: png, contentType: null });
    expect(second).toMatchObject({ status: 429, json: { error: { code: 'insufficient_quota' } } });
    expect(await spentHere()).toBe(before);
  });

  it('is answered by the same batch and learns nothing of it', async () => {
    const other = await createWorkspace(database.prisma);
    const its = await createApiKey(database.prisma, { workspaceId: other.id });
    const [mine, theirs] = await Promise.all([
      classify({ rawBody: png, contentType: null }),
      classify({ key: its.key, rawBody: gif, contentType: null }),
    ]);
    expect(mine.json.data).toEqual((await classify({ rawBody: png, contentType: null })).json.data);
    expect(theirs.json.data).toEqual((await classify({ rawBody: gif, contentType: null })).json.data);
  });
});

describe('a key without the scope', () => {
  it('may not, and none that exists is given it', async () => {
    const narrow = await createApiKey(database.prisma, {
      workspaceId,
      scopes: ['sentiment', 'models:read', 'usage:read'],
    });
    const answered = await classify({ key: narrow.key, rawBody: png, contentType: null });
    expect(answered).toMatchObject({ status: 403, json: { error: { code: 'scope_missing' } } });
  });
});

describe('a picture by URL', () => {
  it('is asked for only once the caller is admitted', async () => {
    let asked = 0;
    answer = (response) => {
      asked++;
      response.end(png);
    };
    const body = { input: { url: `http://127.0.0.1:${port}/` } };
    const spent = await createWorkspace(database.prisma, { quotaUnits: 0 });
    const its = await createApiKey(database.prisma, { workspaceId: spent.id });
    expect((await classify({ key: undefined, body })).status).toBe(401);
    expect((await classify({ key: its.key, body })).status).toBe(429);
    expect((await classifyJson({ ...body, top_k: 0 })).status).toBe(400);
    expect(asked).toBe(0);
    expect((await classifyJson(body)).status).toBe(200);
    expect(asked).toBe(1);
  });

  it('is given up with the caller, who is billed nothing', async () => {
    const leaving = new AbortController();
    answer = () => leaving.abort();
    await classify({ body: { input: { url: `http://127.0.0.1:${port}/` } }, signal: leaving.signal });
    const rows = await database.prisma.usageRecord.findMany({
      where: { workspaceId },
      orderBy: { id: 'desc' },
    });
    expect(rows[0]).toMatchObject({ statusClass: 4, inputUnits: 0n });
    expect(await database.prisma.hold.count({ where: { workspaceId } })).toBe(0);
  });
});
