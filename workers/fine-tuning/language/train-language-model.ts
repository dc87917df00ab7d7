import * as tf from '@tensorflow/tfjs-core';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { Product } from '../engine/bfloat16-product.ts';
import { oneCycle } from '../train/learning-rate.ts';
import type { OptimizerState } from '../train/optimizer.ts';
import { type Training, train } from '../train/train.ts';
import { weightsByName } from '../train/train-text-classifier.ts';
import type { LanguageForward } from './language-network.ts';
import { nextTokenLoss } from './next-token-loss.ts';
import { tokenWindows } from './token-windows.ts';

export interface LanguageTraining {
  readonly forward: LanguageForward;
  readonly weights: () => OptimizerState;
  /** Texts one after the other, with the token that ends a text between them. */
  readonly tokens: Int32Array;
  readonly contextTokens: number;
  readonly batchRows: number;
  readonly steps: number;
  readonly seed: number;
  readonly learningRate: number; // the peak of one cycle
  readonly warmUp: number; // share of all steps
  readonly weightDecay: number;
  readonly gradientNormMax: number;
  /** How layers multiply; float32 without it. */
  readonly product?: Product | undefined;
  readonly checkpoint: Training['checkpoint'];
  readonly onStep?: Training['onStep'];
}

/** Steps may not share dropout's seeds; no step takes so many. */
const SEEDS_PER_STEP = 4096;

/** Trains all weights of a language model to tell the next token. */
export function trainLanguageModel(training: LanguageTraining): Promise<OptimizerState> {
  const { forward, contextTokens, batchRows, steps, seed, product } = training;
  const windows = tokenWindows(training.tokens, { length: contextTokens, batchRows, seed });
  return train({
    weights: training.weights,
    steps,
    learningRate: oneCycle(training.learningRate, training.warmUp, steps),
    optimizer: {
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: training.weightDecay,
      decays: (name) => name.endsWith('.weight') && !/\.ln_\w+\.weight$/.test(name),
    },
    gradientNormMax: training.gradientNormMax,
    checkpoint: training.checkpoint,
    onStep: training.onStep,
    examples: () => batchRows,
    batchLoss(weights, step) {
      const ops = tensorflowOps({ training: true, seed: seed + step * SEEDS_PER_STEP, product });
      const rows = tf.tensor2d(windows.rows(step), [batchRows, contextTokens + 1], 'int32');
      const tokenIds = tf.slice(rows, [0, 0], [batchRows, contextTokens]);
      const next = tf.reshape(tf.slice(rows, [0, 1], [batchRows, contextTokens]), [-1]) as tf.Tensor1D;
      const logits = forward(ops, weightsByName(weights), tokenIds); // [batch, length, vocabulary]
      return nextTokenLoss(tf.reshape(logits, [batchRows * contextTokens, -1]), next);
    },
  });
}
