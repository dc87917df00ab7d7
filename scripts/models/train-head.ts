import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { randomNumbers, shuffled } from '#workers/fine-tuning/train/seeded-random.ts';
import { classifierHead, type HeadShape } from '#workers/model-zoo/classifier-head.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors, type StoredTensor, writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { gatherRows } from './feature-store.ts';
import {
  type ColumnStatistics,
  columnStatistics,
  foldNormalisation,
  normalise,
} from './normalise-features.ts';

export interface HeadTraining {
  readonly shape: HeadShape;
  readonly features: Uint16Array; // bfloat16 [rows, shape.features]
  readonly labels: Uint8Array;
  /** Weight of each row in the loss. */
  readonly rowWeights: Float32Array;
  readonly epochs: number;
  readonly batchRows: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly dropout: number;
  readonly seed: number;
  readonly checkpoint: string;
}

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;
const WARM_UP = 0.1; // of all steps
const CHECKPOINT_EVERY_MS = 60_000;
const REPORT_EVERY_STEPS = 100;

type Tensors = Map<string, tf.Tensor>;

interface State {
  step: number;
  readonly weights: Tensors;
  readonly first: Tensors; // Adam's moments
  readonly second: Tensors;
}

/**
 * AdamW over the head alone; the features are given. Every step follows from the seed and its number, so a run that
 * goes on from a checkpoint is the run that was never ended. Returns the weights by name.
 */
export async function trainHead(training: HeadTraining): Promise<Map<string, StoredTensor>> {
  const rows = training.labels.length;
  const stepsPerEpoch = Math.floor(rows / training.batchRows);
  const steps = stepsPerEpoch * training.epochs;
  const normal = columnStatistics(training.features, training.shape.features, rows);
  const state = resume(training) ?? initialState(training);
  let savedMs = Date.now();
  let reported = { step: state.step, ms: Date.now() };
  let order: Uint32Array = new Uint32Array();
  let orderEpoch = -1;
  let loss = 0;

  for (; state.step < steps; ) {
    const epoch = Math.floor(state.step / stepsPerEpoch);
    if (epoch !== orderEpoch) order = shuffled(rows, training.seed + epoch);
    orderEpoch = epoch;
    const first = (state.step % stepsPerEpoch) * training.batchRows;
    const batch = order.subarray(first, first + training.batchRows);
    loss = trainStep(training, normal, state, batch, learningRate(training.learningRate, state.step, steps));
    state.step++;
    if (state.step % REPORT_EVERY_STEPS === 0) {
      const stepsDone = state.step - reported.step;
      const rowsPerS = (stepsDone * training.batchRows * 1000) / (Date.now() - reported.ms);
      const leftS = ((steps - state.step) * training.batchRows) / rowsPerS;
      console.log(
        `head: step ${state.step}/${steps}, loss ${loss.toFixed(4)}, ${rowsPerS.toFixed(0)} examples/s, ${leftS.toFixed(0)} s left`,
      );
      reported = { step: state.step, ms: Date.now() };
    }
    if (Date.now() - savedMs > CHECKPOINT_EVERY_MS) {
      save(training, state);
      savedMs = Date.now();
    }
  }
  save(training, state);
  return foldNormalisation(training.shape, normal, stored(state.weights));
}

function trainStep(
  training: HeadTraining,
  normal: ColumnStatistics,
  state: State,
  batch: Uint32Array,
  rate: number,
): number {
  const { shape } = training;
  const values = gatherRows(training.features, shape.features, batch);
  normalise(values, normal);
  const oneHot = new Float32Array(batch.length * shape.labels);
  batch.forEach((row, index) => {
    // The row's weight scales its term of the cross-entropy.
    oneHot[index * shape.labels + (training.labels[row] ?? 0)] = training.rowWeights[row] ?? 1;
  });
  return tf.tidy(() => {
    const x = tf.tensor2d(values, [batch.length, shape.features]);
    const targets = tf.tensor2d(oneHot, [batch.length, shape.labels]);
    const ops = tensorflowOps({ training: true, seed: training.seed + 2 * state.step });
    const names = [...state.weights.keys()];
    const gradients = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const byName = new Map(names.map((name, index) => [name, tensors[index] as tf.Tensor]));
      const logits = classifierHead<tf.Tensor>(
        ops,
        shape,
        (name) => byName.get(name) as tf.Tensor,
        x,
        training.dropout,
      );
      return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1))) as tf.Scalar;
    });
    const { value, grads } = gradients([...state.weights.values()]);
    names.forEach((name, index) =>
      adamStep(state, name, grads[index] as tf.Tensor, rate, training.weightDecay),
    );
    return value.dataSync()[0] ?? Number.NaN;
  });
}

function adamStep(state: State, name: string, gradient: tf.Tensor, rate: number, decay: number): void {
  const weight = state.weights.get(name) as tf.Tensor;
  const step = state.step + 1;
  const first = moving(state.first, name, gradient, BETA_1);
  const second = moving(state.second, name, tf.square(gradient), BETA_2);
  const direction = tf.div(
    tf.div(first, 1 - BETA_1 ** step),
    tf.add(tf.sqrt(tf.div(second, 1 - BETA_2 ** step)), EPSILON),
  );
  const shrunk = weight.rank > 1 ? tf.mul(weight, 1 - rate * decay) : weight; // biases don't decay
  replace(state.weights, name, tf.sub(shrunk, tf.mul(direction, rate)));
}

function moving(tensors: Tensors, name: string, value: tf.Tensor, beta: number): tf.Tensor {
  const next = tf.add(tf.mul(tensors.get(name) as tf.Tensor, beta), tf.mul(value, 1 - beta));
  replace(tensors, name, next);
  return next;
}

function replace(tensors: Tensors, name: string, next: tf.Tensor): void {
  tensors.get(name)?.dispose();
  tensors.set(name, tf.keep(next));
}

/** Up in a line, down in a half cosine. */
function learningRate(peak: number, step: number, steps: number): number {
  const warmUpSteps = steps * WARM_UP;
  if (step < warmUpSteps) return (peak * (step + 1)) / warmUpSteps;
  return peak * 0.5 * (1 + Math.cos((Math.PI * (step - warmUpSteps)) / (steps - warmUpSteps)));
}

function initialState({ shape, seed }: HeadTraining): State {
  const random = randomNumbers(seed);
  const layer = (name: string, to: number, from: number): [string, tf.Tensor][] => {
    const limit = Math.sqrt(6 / (from + to)); // Glorot
    const values = Float32Array.from({ length: to * from }, () => (2 * random() - 1) * limit);
    return [
      [`${name}.weight`, tf.keep(tf.tensor2d(values, [to, from]))],
      [`${name}.bias`, tf.keep(tf.zeros([to]))],
    ];
  };
  const weights: Tensors = new Map([
    ...layer('dense', shape.hidden, shape.features),
    ...layer('out_proj', shape.labels, shape.hidden),
  ]);
  const zeros = (): Tensors =>
    new Map([...weights].map(([name, tensor]) => [name, tf.keep(tf.zerosLike(tensor))]));
  return { step: 0, weights, first: zeros(), second: zeros() };
}

function save({ checkpoint }: HeadTraining, state: State): void {
  const groups = { weights: state.weights, first: state.first, second: state.second };
  const entries = Object.entries(groups).flatMap(([group, tensors]) =>
    [...stored(tensors)].map(([name, tensor]) => [`${group}/${name}`, tensor] as const),
  );
  mkdirSync(dirname(checkpoint), { recursive: true });
  writeFileSync(`${checkpoint}.part`, writeSafetensors(entries, { step: String(state.step) }));
  renameSync(`${checkpoint}.part`, checkpoint);
}

function resume({ checkpoint }: HeadTraining): State | undefined {
  if (!existsSync(checkpoint)) return undefined;
  const { tensors, metadata } = readSafetensors(readFileSync(checkpoint));
  const group = (name: string): Tensors =>
    new Map(
      [...tensors]
        .filter(([key]) => key.startsWith(`${name}/`))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, { data, shape }]) => [
          key.slice(name.length + 1),
          tf.keep(tf.tensor(data as Float32Array, [...shape])),
        ]),
    );
  console.log(`head: goes on at step ${metadata.step}`);
  return {
    step: Number(metadata.step),
    weights: group('weights'),
    first: group('first'),
    second: group('second'),
  };
}

function stored(tensors: Tensors): Map<string, StoredTensor> {
  return new Map(
    [...tensors].map(([name, tensor]) => [
      name,
      { shape: tensor.shape, data: tensor.dataSync() as Float32Array },
    ]),
  );
}
