import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import type { ImageModel } from '#workers/model-runtime/model-runtime.ts';
import { loadImageClassifier } from '#workers/model-runtime/onnx/load-image-classifier.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { formOf, png } from '../testing/pictures.ts';
import { computeThreadEntry } from './compute-thread-entry.ts';

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
});
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

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

describe('its explanations, through the gateway', () => {
  const explain = (bytes: Buffer, options: object) =>
    call(door, {
      key,
      path: '/v1/explanations',
      body: { input: { base64: bytes.toString('base64') }, ...options },
    });
  /** On grey, the cat in the quarter above to the left of what the model sees. */
  async function catInCorner() {
    const small = await sharp(cat).resize(220, 220).toBuffer();
    const canvas = { width: 512, height: 512, channels: 3, background: '#808080' } as const;
    return sharp({ create: canvas })
      .composite([{ input: small, left: 32, top: 32 }])
      .jpeg()
      .toBuffer();
  }

  it.each([
    ['occlusion', undefined],
    ['lime', 128],
    ['shap', 128],
  ])('find the cat where it is: %s', async (method, samples) => {
    const { status, json } = await explain(await catInCorner(), { method, samples, grid: 4, seed: 3 });
    expect(status).toBe(200);
    expect(json.label).toMatch(/cat|tabby/);
    const cells: Cell[] = json.data;
    const sumOver = (inside: (cell: Cell) => boolean) =>
      cells.filter(inside).reduce((sum, { value }) => sum + Math.max(0, value), 0);
    const ofCat = sumOver(({ row, column }) => row < 2 && column < 2);
    expect(ofCat).toBeGreaterThan(2 * (sumOver(() => true) - ofCat));
    expect(json.faithfulness.insertion_area).toBeGreaterThan(json.faithfulness.deletion_area);
  });

  it('see a picture as its EXIF turns it', async () => {
    const upright = await sharp(cat).resize(300, 200, { fit: 'fill' }).png().toBuffer();
    // Lying on its side, with the note that turns it back.
    const turned = await sharp(upright).rotate(270).withMetadata({ orientation: 6 }).png().toBuffer();
    const [wanted, got] = [await explain(upright, { grid: 4 }), await explain(turned, { grid: 4 })];
    expect(got.json.picture).toEqual({ width: 300, height: 200 });
    expect(got.json.data).toEqual(wanted.json.data);
    expect(got.json.heat_map).toEqual(wanted.json.heat_map);
    const [first] = got.json.data;
    // 7 eighths of the shorter side, from the middle.
    expect(first).toMatchObject({ left: 62.5, top: 12.5, width: 43.75, height: 43.75 });
  });
});
