import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '../model-runtime.ts';
import { type AnsweringImageClassifier, openImageClassifier } from './open-image-classifier.ts';

const folder = new URL('../../models/cifar10', import.meta.url).pathname;
const photo = (name: string) => readFileSync(new URL(`fixtures/photos/${name}.jpg`, import.meta.url));

let model: AnsweringImageClassifier;
beforeAll(async () => {
  model = await openImageClassifier(folder);
});

async function seen(name: string) {
  const [output] = await model.classify([{ bytes: photo(name), topK: 10 }]);
  if (!output || isRefusal(output)) throw new Error('refused');
  return output;
}

describe('the small example model, trained here from nothing', () => {
  it('knows a cat and a bird, of ten classes', async () => {
    const cat = await seen('cat');
    expect(cat.scores).toHaveLength(10);
    expect(cat.scores[0]?.label).toBe('cat');
    expect((await seen('owl')).scores[0]?.label).toBe('bird');
  });

  it('withholds what is none of the ten where it answers only what it is right on in 98 of 100', async () => {
    const { abstention } = JSON.parse(readFileSync(`${folder}/calibration.json`, 'utf8'));
    const threshold = abstention.find(({ accuracy }: { accuracy: number }) => accuracy === 0.98).threshold;
    const scoreOf = async (name: string) => (await seen(name)).scores[0]?.score;
    expect(await scoreOf('hot-dog')).toBeLessThan(threshold);
    expect(await scoreOf('cat')).toBeGreaterThan(threshold);
    expect(await scoreOf('owl')).toBeGreaterThan(threshold);
  });
});
