import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import type { ImageModel } from '#workers/model-runtime/model-runtime.ts';
import { loadImageClassifier } from '#workers/model-runtime/onnx/load-image-classifier.ts';
import { computeThreadEntry } from './compute-thread-entry.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';
import { formOf, png } from './testing/pictures.ts';

/** Of two frames, one pixel each. */
const animated = Buffer.from(
  'R0lGODlhAQABAIAAAP8AAAAA/yH/C05FVFNDQVBFMi4wAwEAAAAh+QQECgAAACwAAAAAAQABAAACAkQBACH5BAQKAAAALAAAAAABAAEAAAICTAEAOw==',
  'base64',
);

let database: TestDatabase;
let runtime: ImageModel;
let door: GatewayUnderTest;
let key: string;
let cat: Buffer<ArrayBuffer>;

beforeAll(async () => {
  [database, cat, runtime] = await Promise.all([
    createTestDatabase(),
    readFile('public/samples/cat.jpg'),
    loadImageClassifier({
      folder: path.resolve('workers/models/image-classification'),
      id: 'image-1',
      threads: 1,
      threadEntry: computeThreadEntry(),
    }),
  ]);
  await runtime.ready();
  door = gatewayUnderTest(database, { imageRuntime: runtime });
  const { id: workspaceId } = await createWorkspace(database.prisma);
  key = (await createApiKey(database.prisma, { workspaceId })).key;
}, 60_000);
afterAll(async () => {
  await runtime.close();
  await database.drop();
});

const classify = (bytes: Buffer<ArrayBuffer>) =>
  call(door, { key, path: '/v1/images/classify', rawBody: bytes, contentType: 'image/jpeg' });

describe('the model that ships, through the gateway', () => {
  it('sees the cat on the page’s own sample', async () => {
    const { status, json } = await classify(cat);
    expect(status).toBe(200);
    expect(json.data[0].label).toMatch(/cat|tabby/);
    expect(json.data[0].scores[0].wordnet_id).toMatch(/^n\d{8}$/);
    expect(json.data[0].scores).toHaveLength(5);
  });

  it('embeds it as the nearest of its own pictures, smaller and mirrored, and not of others', async () => {
    const embed = async (...pictures: Buffer[]) => {
      const input = pictures.map((bytes) => ({ base64: bytes.toString('base64') }));
      const { status, json } = await call(door, { key, path: '/v1/embeddings', body: { input } });
      expect(status).toBe(200);
      return json.data.map(({ embedding }: { embedding: number[] }) => embedding) as number[][];
    };
    const photo = (name: string) => readFile(`workers/model-runtime/onnx/fixtures/photos/${name}.jpg`);
    const smaller = await sharp(cat).resize(300).flop().jpeg({ quality: 60 }).toBuffer();
    const [query = [], ...others] = await embed(cat, smaller, await photo('owl'), await photo('hot-dog'));
    const cosines = others.map((vector) =>
      vector.reduce((sum, value, at) => sum + value * (query[at] ?? 0), 0),
    );
    expect(query).toHaveLength(1280);
    expect(Math.hypot(...query)).toBeCloseTo(1, 6);
    expect(cosines[0]).toBeGreaterThan(0.8);
    expect(Math.max(...cosines)).toBe(cosines[0]);
    expect((await embed(cat))[0]).toEqual(query);
  });

  it.each([
    ['of one pixel', png],
    ['that moves', animated],
  ])('reads a picture %s, also where it is declared as another type', async (_name, bytes) => {
    expect((await classify(bytes)).status).toBe(200);
  });

  it('refuses a picture that is cut short, by its name, and answers the next one', async () => {
    const cut = formOf(['image', cat], ['image', cat.subarray(0, cat.length >> 1)]);
    const refused = await call(door, { key, path: '/v1/images/classify', rawBody: cut, contentType: null });
    expect(refused).toMatchObject({
      status: 422,
      json: { error: { code: 'image_unreadable', param: 'image[1]' } },
    });
    expect((await classify(cat)).status).toBe(200);
  });
});
