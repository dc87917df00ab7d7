import * as tf from '@tensorflow/tfjs-core';
import { normalNumber } from '#workers/model-zoo/normal-numbers.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import type { PictureForward } from './train-image-classifier.ts';

/**
 * Whatever weights the architecture asks for: convolutions and layers normally distributed with a variance of 2 over what
 * feeds an output (He and others, 2015), normalisations that change nothing, biases of zero.
 */
export function initialWeights(
  forward: PictureForward,
  side: number,
  seed: number,
): Map<string, StoredTensor> {
  const weights = new Map<string, StoredTensor>();
  const random = randomNumbers(seed);
  tf.tidy(() => {
    const ask = (name: string, shape: readonly number[]) => {
      const size = shape.reduce((product, part) => product * part, 1);
      const inputs = shape.slice(1).reduce((product, part) => product * part, 1);
      const data = Float32Array.from({ length: size }, () => initialValue(name, shape, inputs, random));
      weights.set(name, { shape: [...shape], data });
      return tf.tensor(data.slice(), [...shape]);
    };
    forward(tensorflowOps(), ask, tf.zeros([1, side, side, 3]));
  });
  return weights;
}

function initialValue(name: string, shape: readonly number[], inputs: number, random: () => number): number {
  if (shape.length > 1) return Math.sqrt(2 / inputs) * normalNumber(random);
  return name.endsWith('.norm.weight') || name.endsWith('running_var') ? 1 : 0;
}
