import type * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';

/** Holds the weights that are trained, and changes them. */
export interface Optimizer {
  /** The weights as they are now, by name. They belong to the caller's tidy, and must be gone before `step`. */
  weights(): Map<string, tf.Tensor>;
  /** One update. `gradients` by name; `step` counts from 1. */
  step(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number, step: number): void;
  /** All that a run needs to go on: `weights/…`, `first/…` and `second/…` (moments) by name. */
  state(): Map<string, StoredTensor>;
  dispose(): void;
}

/** Decoupled weight decay (Loshchilov and Hutter, 2019) on Adam (Kingma and Ba, 2015). */
export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  /** Added to the root of the second moment, as in the order of computation of Kingma and Ba's section 2. */
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Biases and normalisations are not drawn to zero. */
  decays(name: string): boolean;
}

/** Gradient descent with Nesterov's momentum; the decay is of the gradient, as in PyTorch's SGD. */
export interface NesterovSettings {
  readonly momentum: number;
  readonly weightDecay: number;
  /** What the learning rate of some weights is multiplied with. */
  rateScale?(name: string): number;
}

/** Weights by name to start from, or the `state` of an earlier run to go on from. */
export type OptimizerState = ReadonlyMap<string, StoredTensor>;

export const STATE_GROUPS = ['weights', 'first', 'second'] as const;
export type StateGroup = (typeof STATE_GROUPS)[number];

/** The state of weights that no step has changed yet. */
export function initialState(weights: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const state = new Map<string, StoredTensor>();
  for (const [name, tensor] of weights) {
    state.set(`weights/${name}`, tensor);
    for (const moment of ['first', 'second']) {
      state.set(`${moment}/${name}`, { shape: tensor.shape, data: new Float32Array(tensor.data.length) });
    }
  }
  return state;
}

export function trainedWeights(state: OptimizerState): Map<string, StoredTensor> {
  const prefix = 'weights/';
  return new Map(
    [...state].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );
}

/** Adam's learning rate with both corrections of bias in it. */
export function correctedRate({ beta1, beta2 }: AdamWSettings, learningRate: number, step: number): number {
  return (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
}
