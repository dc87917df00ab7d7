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

  it('is not sure of what is none of the ten', async () => {
    const [cat, other] = [await seen('cat'), await seen('hot-dog')];
    expect(other.scores[0]?.score).toBeLessThan(0.69);
    expect(cat.scores[0]?.score).toBeGreaterThan(0.92);
  });
});
