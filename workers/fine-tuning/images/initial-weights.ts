import * as tf from '@tensorflow/tfjs-core';
import { normalNumber } from '#workers/model-zoo/normal-numbers.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import type { PictureForward } from './train-image-classifier.ts';

export interface InitialWeightsOptions {
  readonly side: number; // of the pictures
  readonly seed: number;
  /** By name, in place of what is drawn. */
  readonly given?: ReadonlyMap<string, StoredTensor>;
  /** Convolutions begin by handing on their input, in as many channels as it has; the rest has a variance of 1/3 over what feeds an output. */
  readonly identity?: boolean;
}

/**
 * Whatever weights the architecture asks for: convolutions and layers normally distributed with a variance of 2 over what
 * feeds an output (He and others, 2015), normalisations that change nothing, biases of zero.
 */
export function initialWeights(
  forward: PictureForward,
  { side, seed, given, identity = false }: InitialWeightsOptions,
): Map<string, StoredTensor> {
  const weights = new Map<string, StoredTensor>();
  const random = randomNumbers(seed);
  tf.tidy(() => {
    const ask = (name: string, shape: readonly number[]) => {
      const tensor = given?.get(name) ?? drawn(name, shape, identity ? 1 / 3 : 2, random);
      const data = tensor.data as Float32Array;
      if (identity && shape.length === 4 && !given?.has(name)) handOn(data, shape);
      weights.set(name, { shape: [...shape], data });
      return tf.tensor(data.slice(), [...shape]);
    };
    forward(tensorflowOps(), ask, tf.zeros([1, side, side, 3]));
  });
  return weights;
}

function drawn(name: string, shape: readonly number[], gain: number, random: () => number): StoredTensor {
  const size = shape.reduce((product, part) => product * part, 1);
  const inputs = shape.slice(1).reduce((product, part) => product * part, 1);
  const start = name.endsWith('.norm.weight') || name.endsWith('running_var') ? 1 : 0;
  const value = () => (shape.length > 1 ? Math.sqrt(gain / inputs) * normalNumber(random) : start);
  return { shape, data: Float32Array.from({ length: size }, value) };
}

/** The first filters of `data` [out, in, height, width] become 1 at the middle of their own channel (Zagoruyko and Komodakis, 2017). */
function handOn(data: Float32Array, [to = 0, from = 0, height = 0, width = 0]: readonly number[]): void {
  const area = height * width;
  const middle = (height >> 1) * width + (width >> 1);
  for (let channel = 0; channel < Math.min(to, from); channel++) {
    const start = channel * from * area;
    data.fill(0, start, start + from * area);
    data[start + channel * area + middle] = 1;
  }
}
