import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import type { Features } from './picture-features.ts';
import { headAccuracy, trainHead } from './train-head.ts';

const WIDTH = 6;
const CLASSES = 3;

/** Three clouds, on columns of very different size. */
function clouds(count: number, seed: number): Features {
  const random = randomNumbers(seed);
  const labels = Uint8Array.from({ length: count }, (_, row) => row % CLASSES);
  const values = Float32Array.from({ length: count * WIDTH }, (_, at) => {
    const [row, column] = [Math.floor(at / WIDTH), at % WIDTH];
    const centre = column === (labels[row] ?? 0) ? 2 : 0;
    return 10 ** (column - 2) * (centre + 2 * random() - 1);
  });
  return { width: WIDTH, values, labels };
}

describe('a head on features', () => {
  beforeAll(async () => {
    await startEngine('auto');
  });

  it('tells classes apart, whatever the size of a column', async () => {
    const settings = { epochs: 30, batchRows: 30, learningRate: 0.05, weightDecay: 0.01, seed: 1 };
    const head = await trainHead(clouds(150, 1), CLASSES, settings);
    expect(headAccuracy(head, clouds(300, 2))).toBeGreaterThan(0.97);
    const other = { ...head, weight: new Float32Array(head.weight.length) };
    expect(headAccuracy(other, clouds(300, 2))).toBeLessThan(0.5);
  });
});
