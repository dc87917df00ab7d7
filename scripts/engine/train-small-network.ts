import * as tf from '@tensorflow/tfjs-core';
import { createAdamW } from '#workers/fine-tuning/train/create-adamw.ts';
import { initialState } from '#workers/fine-tuning/train/optimizer.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';

const BATCH = 32;
const SIDE = 32;
const CHANNELS = 32;
const CLASSES = 4;

/** Trains two convolutions and a layer to say in which quarter of a picture a bright spot is. */
export function trainSmallNetwork(steps: number) {
  const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decays: () => false };
  const optimizer = createAdamW(settings, initialState(weights()));
  const losses: number[] = [];
  let tensors = 0;
  let startMs = 0;
  for (let step = 1; step <= steps + 1; step++) {
    losses.push(trainStep(optimizer, step));
    // The first step allocates and compiles what the others use again.
    if (step > 1) continue;
    tensors = tf.memory().numTensors;
    startMs = performance.now();
  }
  const seconds = (performance.now() - startMs) / 1000;
  const leaked = tf.memory().numTensors - tensors;
  optimizer.dispose();
  return {
    firstLoss: losses[0] ?? Number.NaN,
    lastLoss: losses.at(-1) ?? Number.NaN,
    imagesPerS: (steps * BATCH) / seconds,
    leaked,
  };
}

function trainStep(optimizer: ReturnType<typeof createAdamW>, step: number): number {
  const gradients = new Map<string, tf.Tensor>();
  const loss = tf.tidy(() => {
    const { pictures, labels } = batch(step);
    const current = optimizer.weights();
    const names = [...current.keys()];
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const get = (name: string) => tensors[names.indexOf(name)] as tf.Tensor;
      const one = tf.relu(tf.conv2d(pictures, get('one') as tf.Tensor4D, 1, 'same'));
      const pooled = tf.maxPool(one as tf.Tensor4D, 2, 2, 'valid');
      const two = tf.relu(tf.conv2d(pooled, get('two') as tf.Tensor4D, 2, 'same'));
      const logits = tf.matMul(tf.reshape(two, [BATCH, -1]), get('out') as tf.Tensor2D);
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), 1)));
    })([...current.values()]);
    names.forEach((name, index) => {
      gradients.set(name, tf.keep(grads[index] as tf.Tensor));
    });
    return value.dataSync()[0] ?? Number.NaN;
  });
  optimizer.step(gradients, 1e-3, step);
  tf.dispose([...gradients.values()]);
  return loss;
}

function weights(): Map<string, StoredTensor> {
  const shapes = {
    one: [3, 3, 1, CHANNELS],
    two: [3, 3, CHANNELS, CHANNELS],
    out: [(SIDE / 4) ** 2 * CHANNELS, CLASSES],
  };
  return new Map(
    Object.entries(shapes).map(([name, shape], index) => {
      const random = randomNumbers(index + 1);
      const size = shape.reduce((product, part) => product * part, 1);
      return [name, { shape, data: Float32Array.from({ length: size }, () => 0.2 * (random() - 0.5)) }];
    }),
  );
}

function batch(seed: number) {
  const random = randomNumbers(seed);
  const pixels = Float32Array.from({ length: BATCH * SIDE * SIDE }, () => 0.3 * random());
  const labels = new Float32Array(BATCH * CLASSES);
  for (let row = 0; row < BATCH; row++) {
    const [x, y] = [Math.floor(random() * SIDE), Math.floor(random() * SIDE)];
    pixels[(row * SIDE + y) * SIDE + x] = 2;
    labels[row * CLASSES + (y < SIDE / 2 ? 0 : 2) + (x < SIDE / 2 ? 0 : 1)] = 1;
  }
  return {
    pictures: tf.tensor4d(pixels, [BATCH, SIDE, SIDE, 1]),
    labels: tf.tensor2d(labels, [BATCH, CLASSES]),
  };
}
