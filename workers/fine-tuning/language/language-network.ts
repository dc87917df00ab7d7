import * as tf from '@tensorflow/tfjs-core';
import { gpt2 } from '#workers/model-zoo/decoder.ts';
import type { Gpt2Config } from '#workers/model-zoo/gpt2-config.ts';
import { type LstmLanguageConfig, lstmLanguageModel } from '#workers/model-zoo/lstm-language-model.ts';
import type { Ops, Weights } from '#workers/model-zoo/ops.ts';

/** Logits [batch, length, vocabulary] of what follows each of the tokens [batch, length]: the architecture, which the zoo has. */
export type LanguageForward = (
  ops: Ops<tf.Tensor>,
  weights: Weights<tf.Tensor>,
  tokenIds: tf.Tensor,
) => tf.Tensor;

export function gpt2Forward(config: Gpt2Config): LanguageForward {
  const decoder = gpt2(config);
  return (ops, weights, tokenIds) => {
    const mask = tf.ones(tokenIds.shape, 'int32'); // windows have no padding
    return decoder.write(ops, weights, { tokenIds, mask }).logits;
  };
}

export function lstmForward(config: LstmLanguageConfig): LanguageForward {
  return (ops, weights, tokenIds) => lstmLanguageModel(ops, config, weights, tokenIds);
}
