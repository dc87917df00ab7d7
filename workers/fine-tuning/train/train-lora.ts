import * as tf from '@tensorflow/tfjs-core';
import type { Decoder } from '#workers/model-zoo/decoder.ts';
import type { LoraConfig } from '#workers/model-zoo/lora/lora-config.ts';
import { loraDecoder } from '#workers/model-zoo/lora/lora-decoder.ts';
import type { Weights } from '#workers/model-zoo/ops.ts';
import { type TensorflowOpsOptions, tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { Product } from '../engine/bfloat16-product.ts';
import { nextTokenLoss } from '../language/next-token-loss.ts';
import { type AnsweredPrompts, answeredBatch } from './answered-batch.ts';
import { batchesByLength } from './batches-by-length.ts';
import { linearSchedule } from './learning-rate.ts';
import type { OptimizerState } from './optimizer.ts';
import { tokenCounts } from './padded-batch.ts';
import { type Training, train } from './train.ts';

export interface LoraModel {
  readonly decoder: Decoder;
  /** Of the base: they stay as they are. */
  readonly base: Weights<tf.Tensor>;
  readonly lora: LoraConfig;
  /** How the base's layers multiply; float32 without it. Its weights need no gradients. */
  readonly frozenProduct?: Product | undefined;
}

export interface LoraTraining extends LoraModel {
  /** A and B, where they start. */
  readonly weights: () => OptimizerState;
  readonly prompts: AnsweredPrompts;
  readonly epochs: number;
  readonly batchRows: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly warmUp: number; // share of all steps
  readonly weightDecay: number;
  readonly gradientNormMax: number;
  readonly checkpoint: Training['checkpoint'];
  readonly onStep?: Training['onStep'];
}

/** Steps may not share dropout's seeds; one step takes one for each layer that is adapted. */
const SEEDS_PER_STEP = 4096;

/** Trains A and B of a decoder's adapter on the answers to prompts, and returns them by name. */
export function trainLora(training: LoraTraining): Promise<OptimizerState> {
  const { prompts, seed } = training;
  const lengths = tokenCounts(prompts.texts);
  const rows = Uint32Array.from(lengths, (_, row) => row);
  const batches = Array.from({ length: training.epochs }, (_, epoch) =>
    batchesByLength(rows, lengths, { batchRows: training.batchRows, seed: seed + 7919 * epoch }),
  ).flat();
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
      decays: () => true,
    },
    gradientNormMax: training.gradientNormMax,
    checkpoint: training.checkpoint,
    onStep: training.onStep,
    examples: (step) => batchOf(step).length,
    batchLoss: (adapter, step) =>
      answerLoss(training, adapter, prompts, batchOf(step), {
        training: true,
        seed: seed + step * SEEDS_PER_STEP,
      }),
  });
}

/** Mean over the answers' tokens of the rows. Belongs to the caller's tidy. */
export function answerLoss(
  { decoder, base, lora, frozenProduct }: LoraModel,
  adapter: ReadonlyMap<string, tf.Tensor>,
  prompts: AnsweredPrompts,
  rows: Uint32Array,
  options: Pick<TensorflowOpsOptions, 'training' | 'seed'> = { training: false, seed: 0 },
): tf.Scalar {
  const { tokenIds, mask, places, answers } = answeredBatch(prompts, rows);
  const learnt = new Set([...adapter.values()].map(({ id }) => id));
  const exact: Product = (x, weight) => tf.matMul(x, weight, false, true);
  const product: Product = (x, weight) =>
    (frozenProduct && !learnt.has(weight.id) ? frozenProduct : exact)(x, weight);
  const ops = tensorflowOps({ ...options, product });
  const weights: Weights<tf.Tensor> = (name, shape) => adapter.get(name) ?? base(name, shape);
  const inputs = { tokenIds, mask, scored: tf.tensor1d(places, 'int32') };
  const { logits } = loraDecoder(decoder, lora).write<tf.Tensor>(ops, weights, inputs);
  return nextTokenLoss(logits as tf.Tensor2D, tf.tensor1d(answers, 'int32'));
}
