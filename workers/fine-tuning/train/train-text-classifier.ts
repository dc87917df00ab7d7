import * as tf from '@tensorflow/tfjs-core';
import type { BertInputs } from '#workers/model-zoo/bert.ts';
import type { Ops, Weights } from '#workers/model-zoo/ops.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { Product } from '../engine/bfloat16-product.ts';
import { batchesByLength, sampledRows } from './batches-by-length.ts';
import { distillationLoss } from './distillation-loss.ts';
import { linearSchedule } from './learning-rate.ts';
import type { OptimizerState } from './optimizer.ts';
import { paddedBatch, type TokenisedTexts, tokenCounts } from './padded-batch.ts';
import { type Training, train } from './train.ts';
import { weightedCrossEntropy } from './weighted-cross-entropy.ts';

export interface TextClassifierTraining {
  /** Logits [batch, labels] of padded token ids: the architecture, which the zoo has. */
  readonly forward: Forward;
  readonly weights: () => OptimizerState;
  readonly texts: TokenisedTexts; // with their special tokens
  readonly labels: Uint8Array;
  /** What a row counts in the loss. */
  readonly rowWeights: Float32Array;
  /** With what probability an epoch takes a row. */
  readonly rowShares: Float32Array;
  readonly epochs: number;
  readonly batchRows: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly warmUp: number; // share of all steps
  readonly weightDecay: number;
  readonly gradientNormMax: number;
  /** How layers multiply; float32 without it. */
  readonly product?: Product | undefined;
  readonly teacher?: Teacher | undefined;
  readonly checkpoint: Training['checkpoint'];
  readonly onStep?: Training['onStep'];
}

/** A model whose scores are learnt beside the labels. */
export interface Teacher {
  logits(product: Product | undefined, inputs: BertInputs<tf.Tensor>): tf.Tensor;
  readonly temperature: number;
  /** Of the loss; the labels have the rest. */
  readonly share: number;
}

export type Forward = (
  ops: Ops<tf.Tensor>,
  weights: Weights<tf.Tensor>,
  inputs: BertInputs<tf.Tensor>,
) => tf.Tensor;

/** Steps may not share dropout's seeds; one step of the deepest encoder takes fewer than so many. */
const SEEDS_PER_STEP = 4096;

/** Trains all weights of a classifier of texts. */
export function trainTextClassifier(training: TextClassifierTraining): Promise<OptimizerState> {
  const { forward, texts, labels, rowWeights, seed, product, teacher } = training;
  const lengths = tokenCounts(texts);
  const batches = Array.from({ length: training.epochs }, (_, epoch) => {
    const epochSeed = seed + 7919 * epoch;
    const rows = sampledRows(training.rowShares, epochSeed);
    return batchesByLength(rows, lengths, { batchRows: training.batchRows, seed: epochSeed });
  }).flat();
  const batchOf = (step: number) => batches[step] as Uint32Array;

  return train({
    weights: training.weights,
    steps: batches.length,
    learningRate: linearSchedule(training.learningRate, training.warmUp, batches.length),
    optimizer: {
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: training.weightDecay,
      decays: (name) => name.endsWith('.weight') && !name.includes('LayerNorm'),
    },
    gradientNormMax: training.gradientNormMax,
    checkpoint: training.checkpoint,
    onStep: training.onStep,
    examples: (step) => batchOf(step).length,
    batchLoss(weights, step) {
      const rows = batchOf(step);
      const ops = tensorflowOps({ training: true, seed: seed + step * SEEDS_PER_STEP, product });
      const inputs = paddedBatch(texts, rows);
      const logits = forward(ops, weightsByName(weights), inputs);
      const pick = <T extends Uint8Array | Float32Array>(of: T) => Array.from(rows, (row) => of[row] ?? 0);
      const ofLabels = weightedCrossEntropy(logits, pick(labels), pick(rowWeights));
      if (!teacher) return ofLabels;
      const ofTeacher = distillationLoss(logits, teacher.logits(product, inputs), teacher.temperature);
      return tf.add(tf.mul(ofLabels, 1 - teacher.share), tf.mul(ofTeacher, teacher.share));
    },
  });
}

export function weightsByName(weights: ReadonlyMap<string, tf.Tensor>): Weights<tf.Tensor> {
  return (name, shape) => {
    const tensor = weights.get(name);
    if (!tensor || tensor.shape.join() !== shape.join()) {
      throw new Error(`${name} has the shape [${tensor?.shape ?? 'none'}]; the model needs [${shape}].`);
    }
    return tensor;
  };
}
