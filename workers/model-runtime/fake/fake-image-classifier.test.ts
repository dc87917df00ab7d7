import { describe, expect, it } from 'vitest';
import { isRefusal } from '../model-runtime.ts';
import { fakeImageClassifier } from './fake-image-classifier.ts';

const jpeg = (more: string) => ({ bytes: Buffer.from(`\xff\xd8\xff${more}`, 'latin1'), topK: 5 });

describe('fakeImageClassifier', () => {
  it('answers in order, alike for like bytes, the most probable first', async () => {
    const fake = fakeImageClassifier();
    const [a, b, again] = await fake.run([jpeg('a'), jpeg('b'), jpeg('a')]);
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
    if (!a || isRefusal(a)) throw new Error('refused');
    const scores = a.scores.map(({ score }) => score);
    expect(scores).toHaveLength(5);
    expect(scores).toEqual(scores.toSorted((one, other) => other - one));
    expect(scores.reduce((sum, score) => sum + score)).toBeLessThanOrEqual(1);
  });

  it('refuses what is no picture without failing its neighbours', async () => {
    const [read, none, svg] = await fakeImageClassifier().run([
      jpeg('a'),
      { bytes: Buffer.from('PK'), topK: 1 },
      { bytes: Buffer.from('<svg/>'), topK: 1 },
    ]);
    expect(read && isRefusal(read)).toBe(false);
    expect(none).toEqual({ refused: 'image_unreadable', reason: 'not_an_image' });
    expect(svg).toEqual({ refused: 'image_unreadable', reason: 'unsupported_type' });
  });

  it('fails as a whole when it is told to, or closed', async () => {
    const fake = fakeImageClassifier({ failOn: (bytes) => bytes.length > 4 });
    await expect(fake.run([jpeg('a'), jpeg('long')])).rejects.toThrow('told to fail');
    await fake.close();
    await expect(fake.run([jpeg('a')])).rejects.toThrow('closed');
  });
});
