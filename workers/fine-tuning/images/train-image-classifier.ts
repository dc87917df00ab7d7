import * as tf from '@tensorflow/tfjs-core';
import type { Ops, Weights } from '#workers/model-zoo/ops.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { shuffled } from '#workers/model-zoo/seeded-random.ts';
import type { Convolve } from '../engine/bfloat16-convolution.ts';
import { averageWeights } from '../train/average-weights.ts';
import { batchNorm } from '../train/batch-norm.ts';
import type { OptimizerSettings } from '../train/create-optimizer.ts';
import { oneCycle } from '../train/learning-rate.ts';
import { type Training, train } from '../train/train.ts';
import { measureStatistics } from './measure-statistics.ts';
import { type BatchOptions, pictureBatch } from './picture-batch.ts';
import { type PictureSet, pictureCount } from './picture-set.ts';
import { softTargetLoss } from './soft-target-loss.ts';
import { splitWeights, statisticsAsOnes } from './stored-statistics.ts';

/** Logits [batch, classes] of normalised pictures: the architecture, which the zoo has. */
export type PictureForward = (
  ops: Ops<tf.Tensor>,
  weights: Weights<tf.Tensor>,
  pictures: tf.Tensor,
) => tf.Tensor;

export interface ImageClassifierTraining extends Omit<BatchOptions, 'seed' | 'epoch'> {
  readonly forward: PictureForward;
  /** To start from, running statistics included. */
  readonly weights: () => Map<string, StoredTensor>;
  readonly set: PictureSet;
  readonly epochs: number;
  readonly batchRows: number;
  readonly seed: number;
  readonly learningRate: number; // the peak of one cycle
  readonly warmUp: number; // share of all steps
  readonly optimizer: OptimizerSettings;
  /** Weights that stay as they are; statistics are never trained. */
  readonly isFixed?: (name: string) => boolean;
  readonly gradientNormMax: number;
  /** Of the moving average of the weights, which is what is kept. */
  readonly averageDecay: number;
  readonly convolve?: Convolve | undefined;
  readonly checkpoint: Training['checkpoint'];
  /** Called after each step; `average` gives the averaged weights with statistics of their own. */
  readonly onStep?: (
    progress: Parameters<NonNullable<Training['onStep']>>[0],
    average: () => Map<string, StoredTensor>,
  ) => void | Promise<void>;
}

const SEEDS_PER_EPOCH = 7919;

/**
 * Trains all weights of a network with batch normalisation. Statistics are not collected on the way: those of the
 * averaged weights are measured once they are needed, as Izmailov and others (2018) do.
 */
export async function trainImageClassifier(
  training: ImageClassifierTraining,
): Promise<Map<string, StoredTensor>> {
  const { set, batchRows, seed, forward, convolve } = training;
  const perEpoch = Math.floor(pictureCount(set) / batchRows);
  const steps = perEpoch * training.epochs;
  let order: { epoch: number; rows: Uint32Array } = { epoch: -1, rows: new Uint32Array() };
  const rowsOf = (step: number) => {
    const epoch = Math.floor(step / perEpoch);
    if (order.epoch !== epoch) {
      order = { epoch, rows: shuffled(pictureCount(set), seed + SEEDS_PER_EPOCH * epoch) };
    }
    const start = (step % perEpoch) * batchRows;
    return order.rows.subarray(start, start + batchRows);
  };
  const normalise = batchNorm();
  const average = averageWeights(training.averageDecay);
  const { trained, fixed } = splitWeights(training.weights(), training.isFixed ?? (() => false));
  const averaged = () => measureStatistics(training, new Map([...fixed, ...average.weights()]));

  await train({
    weights: () => trained,
    steps,
    learningRate: oneCycle(training.learningRate, training.warmUp, steps),
    optimizer: training.optimizer,
    gradientNormMax: training.gradientNormMax,
    checkpoint: training.checkpoint,
    extra: average,
    async onStep(progress, weights) {
      tf.tidy(() => average.update(weights()));
      await training.onStep?.(progress, averaged);
    },
    examples: () => batchRows,
    batchLoss(weights, step) {
      const ops = tensorflowOps({ training: true, seed: seed + step, convolve, normalise });
      const { pictures, targets } = pictureBatch(set, rowsOf(step), {
        ...training,
        seed: seed + step,
        epoch: Math.floor(step / perEpoch),
      });
      return softTargetLoss(forward(ops, statisticsAsOnes(weights, fixed), pictures), targets);
    },
  });
  return averaged();
}
