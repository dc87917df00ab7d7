import { describe, expect, it } from 'vitest';
import { fakeImageClassifier } from '#workers/model-runtime/fake/fake-image-classifier.ts';
import { isEmbedding, isImageClassification } from '#workers/model-runtime/model-runtime.ts';
import { createMetrics } from '../running/metrics.ts';
import { png } from '../testing/pictures.ts';
import { serveModel } from './serve-model.ts';
import { servedAs } from './served-as.ts';

const classes = { bytes: png, topK: 2 };
const vector = { bytes: png, kind: 'embed' } as const;

describe('servedAs', () => {
  it('gives each kind its own outputs, and puts both into one queue', async () => {
    const model = fakeImageClassifier({ latencyMs: 20 });
    const both = serveModel(model, () => 1, createMetrics());
    const classifier = servedAs(both, isImageClassification);
    const embedder = servedAs(both, isEmbedding);
    const answers = Promise.all([
      classifier.batcher.submit([classes, classes], { lane: 'a' }),
      embedder.batcher.submit([vector], { lane: 'b' }),
    ]);
    expect(embedder.batcher.waitingItems).toBe(3);
    const [labels, vectors] = await answers;
    expect(labels).toMatchObject([{ interval: null }, { interval: null }]);
    expect(vectors).toMatchObject([{ vector: expect.any(Float32Array) }]);
    expect(model.batches.map((batch) => batch.length)).toEqual([3]);
    await embedder.batcher.close();
    await expect(classifier.batcher.submit([classes], { lane: 'a' })).rejects.toThrow('closed');
  });

  it('hands refusals on', async () => {
    const both = serveModel(fakeImageClassifier({ refuseOn: () => 'damaged' }), () => 1, createMetrics());
    const refused = await servedAs(both, isEmbedding).batcher.submit([vector], { lane: 'a' });
    expect(refused).toEqual([{ refused: 'image_unreadable', reason: 'damaged' }]);
  });

  it('fails rather than hand on what nobody asked for', async () => {
    const both = serveModel(fakeImageClassifier(), () => 1, createMetrics());
    const embedder = servedAs(both, isEmbedding);
    await expect(embedder.batcher.submit([classes], { lane: 'a' })).rejects.toThrow('another kind of output');
    await expect(embedder.runtime.run([classes])).rejects.toThrow('another kind of output');
  });
});
