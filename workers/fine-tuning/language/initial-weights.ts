import * as tf from '@tensorflow/tfjs-core';
import { normalNumber } from '#workers/model-zoo/normal-numbers.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import type { LanguageForward } from './language-network.ts';

/** What a weight starts with: its numbers one by one, in the order of the checkpoint. */
export type InitialValue = (
  name: string,
  shape: readonly number[],
  random: () => number,
) => (index: number) => number;

/** Whatever weights the architecture asks for. */
export function initialWeights(
  forward: LanguageForward,
  initialValue: InitialValue,
  seed: number,
): Map<string, StoredTensor> {
  const weights = new Map<string, StoredTensor>();
  const random = randomNumbers(seed);
  tf.tidy(() => {
    const ask = (name: string, shape: readonly number[]) => {
      const known = weights.get(name);
      const size = shape.reduce((product, part) => product * part, 1);
      const value = initialValue(name, shape, random);
      const data =
        (known?.data as Float32Array | undefined) ??
        Float32Array.from({ length: size }, (_, index) => value(index));
      weights.set(name, { shape: [...shape], data });
      return tf.tensor(data.slice(), [...shape]);
    };
    forward(tensorflowOps(), ask, tf.zeros([1, 1], 'int32'));
  });
  return weights;
}

const GPT2_DEVIATION = 0.02;

/** As GPT-2: normal with a deviation of 0.02, what adds to the residual stream less, the more layers do. */
export function gpt2InitialValue(layers: number): InitialValue {
  return (name, shape, random) => {
    if (shape.length === 1) return () => (/\.ln_\w+\.weight$/.test(name) ? 1 : 0);
    const share = name.endsWith('.c_proj.weight') ? 1 / Math.sqrt(2 * layers) : 1;
    return () => GPT2_DEVIATION * share * normalNumber(random);
  };
}

/**
 * As PyTorch's LSTM: uniform within one over the root of the states; embeddings as GPT-2's, since their table is the last
 * layer as well. Forget gates begin open (Jozefowicz, Zaremba and Sutskever, 2015).
 */
export function lstmInitialValue(hiddenSize: number): InitialValue {
  const bound = 1 / Math.sqrt(hiddenSize);
  return (name, shape, random) => {
    if (name === 'embedding.weight') return () => GPT2_DEVIATION * normalNumber(random);
    if (shape.length > 1) return () => bound * (2 * random() - 1);
    const isForgetGate = (index: number) => index >= hiddenSize && index < 2 * hiddenSize;
    return (index) => (name.startsWith('lstm.') && isForgetGate(index) ? 1 : 0);
  };
}
