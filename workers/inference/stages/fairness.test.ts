import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { fakeImageClassifier } from '#workers/model-runtime/fake/fake-image-classifier.ts';
import { fakeTextEmbedder } from '#workers/model-runtime/fake/fake-text-embedder.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { png } from '../testing/pictures.ts';

/** A batch takes so long, whatever is in it: far longer than all that the gateway does for a request. */
const latencyMs = 80;
const batchItemsMax = 4;
const floodConnections = 64;
const calls = 8;

let database: TestDatabase;
let door: GatewayUnderTest;
let flooding: string;
let quiet: string;
const images = fakeImageClassifier({ latencyMs, batchItemsMax });
const vectors = fakeTextEmbedder({ latencyMs, batchItemsMax });

beforeAll(async () => {
  database = await createTestDatabase();
  const keyOf = async () => {
    const { id: workspaceId } = await createWorkspace(database.prisma);
    return (await createApiKey(database.prisma, { workspaceId })).key;
  };
  [flooding, quiet] = await Promise.all([keyOf(), keyOf()]);
  door = gatewayUnderTest(database, {
    model: { latencyMs, batchItemsMax },
    imageRuntime: images,
    textEmbedder: vectors,
  });
});
afterAll(() => database.drop());

const image = { base64: png.toString('base64') };
const tasks: Readonly<Record<string, { of: 'texts' | 'images' | 'vectors' } & CallOptions>> = {
  sentiment: { of: 'texts', path: '/v1/sentiment', body: { input: ['good', 'bad'] } },
  pictures: { of: 'images', path: '/v1/images/classify', body: { input: image } },
  embeddings: { of: 'images', path: '/v1/embeddings', body: { input: image, model: 'image-1' } },
  'embeddings of texts': {
    of: 'vectors',
    path: '/v1/embeddings',
    body: { input: 'good', model: 'text-embedding-1' },
  },
  explanations: { of: 'texts', path: '/v1/explanations', body: { input: 'dull film' } },
};

/** How many batches the model runs from the moment of the call to its answer, in all but the worst of the calls. */
async function batchesOfACall({ of, ...options }: (typeof tasks)[string]): Promise<number> {
  const batches = () => ({ texts: door.runtime, images, vectors })[of].batches.length;
  const counts: number[] = [];
  for (let i = 0; i < calls; i++) {
    const before = batches();
    expect((await call(door, { ...options, key: quiet })).status).toBe(200);
    counts.push(batches() - before);
  }
  return counts.toSorted((a, b) => a - b).at(-2) ?? 0;
}

async function whileFlooded<T>(options: CallOptions, work: () => Promise<T>): Promise<T> {
  let over = false;
  let answered = 0;
  const flood = Array.from({ length: floodConnections }, async () => {
    while (!over) {
      const { status } = await call(door, { ...options, key: flooding });
      // What would wait for more than `modelWaitMsMax` is told to come back.
      expect([200, 503]).toContain(status);
      if (status === 200) answered++;
      else await sleep(latencyMs);
    }
  });
  try {
    return await work();
  } finally {
    over = true;
    await Promise.all(flood);
    // It is a flood of what the model runs, not of refusals.
    expect(answered).toBeGreaterThan(floodConnections / 2);
  }
}

describe.each(Object.entries(tasks))('while another workspace floods %s', (_, task) => {
  it('a call waits for at most three times the batches that it takes alone', async () => {
    const alone = await batchesOfACall(task);
    const { of: _model, ...options } = task;
    const flooded = await whileFlooded(options, () => batchesOfACall(task));
    expect(alone).toBeGreaterThan(0);
    expect(flooded).toBeLessThanOrEqual(3 * alone);
    // All of the flood's requests fill so many batches: without turns each call would wait for them.
    expect(flooded).toBeLessThan(floodConnections / batchItemsMax);
  });
});
