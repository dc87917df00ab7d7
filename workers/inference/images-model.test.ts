import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import type { ImageClassifier } from '#workers/model-runtime/model-runtime.ts';
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
let runtime: ImageClassifier;
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
