import { describe, expect, it } from 'vitest';
import { isEmbedding, isImageClassification, ModelRuntimeError } from '../model-runtime.ts';
import { fakeImageClassifier } from './fake-image-classifier.ts';

const gif = Uint8Array.from('GIF89a picture', (character) => character.charCodeAt(0));
const zip = Uint8Array.from('PK\x03\x04', (character) => character.charCodeAt(0));

describe('fakeImageClassifier', () => {
  it('answers the same picture with the same classes, as many as asked, the most probable first', async () => {
    const [first, second] = await fakeImageClassifier().run([
      { bytes: gif, topK: 3 },
      { bytes: gif, topK: 3 },
    ]);
    expect(first).toEqual(second);
    if (!first || !isImageClassification(first)) throw new Error('refused');
    expect(first.scores.map(({ score }) => score)).toEqual([0.5, 0.25, 0.125]);
    expect(first.interval).toBeNull();
  });

  it('answers the same picture with the same vector of length 1, another with another', async () => {
    const outputs = await fakeImageClassifier().run([
      { bytes: gif, kind: 'embed' },
      { bytes: gif, kind: 'embed' },
      { bytes: gif.subarray(0, 10), kind: 'embed' },
    ]);
    const [first, second, other] = outputs.filter((output) => isEmbedding(output));
    expect(first?.vector).toHaveLength(fakeImageClassifier().dimensions ?? 0);
    expect(Math.hypot(...(first?.vector ?? []))).toBeCloseTo(1, 6);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('refuses what is no picture and answers its neighbour', async () => {
    const [refused, fine] = await fakeImageClassifier().run([
      { bytes: zip, topK: 1 },
      { bytes: gif, topK: 1 },
    ]);
    expect(refused).toEqual({ refused: 'image_unreadable', reason: 'not_an_image' });
    expect(fine).toMatchObject({ scores: [{ score: 0.5 }] });
  });

  it('refuses and fails when told to', async () => {
    const input = { bytes: gif, topK: 1 };
    const slow = fakeImageClassifier({ refuseOn: () => 'too_slow' });
    expect(await slow.run([input])).toEqual([{ refused: 'image_unreadable', reason: 'too_slow' }]);
    const failing = fakeImageClassifier({ failOn: () => true });
    await expect(failing.run([input])).rejects.toBeInstanceOf(ModelRuntimeError);
  });
});
