import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import {
  type AdamWSettings,
  correctedRate,
  type Optimizer,
  type OptimizerState,
  STATE_GROUPS,
  type StateGroup,
  trainedWeights,
} from './optimizer.ts';

/** Runs on every back end. A dozen passes over the weights a step: memory decides its speed. */
export function composedAdamW(settings: AdamWSettings, state: OptimizerState): Optimizer {
  const tensors = new Map(
    [...state].map(([name, { data, shape }]) => [
      name,
      tf.keep(tf.tensor(data as Float32Array, [...shape], 'float32')),
    ]),
  );
  const names = [...trainedWeights(state).keys()];
  const get = (group: StateGroup, name: string) => tensors.get(`${group}/${name}`) as tf.Tensor;
  const set = (group: StateGroup, name: string, value: tf.Tensor) => {
    get(group, name).dispose();
    tensors.set(`${group}/${name}`, tf.keep(value));
  };
  const { beta1, beta2, epsilon, weightDecay } = settings;

  return {
    weights: () => new Map(names.map((name) => [name, tf.clone(get('weights', name))])),
    step(gradients, learningRate, step) {
      const rate = correctedRate(settings, learningRate, step);
      for (const name of names) {
        const gradient = gradients.get(name);
        if (!gradient) continue;
        tf.tidy(() => {
          const first = tf.add(tf.mul(get('first', name), beta1), tf.mul(gradient, 1 - beta1));
          const second = tf.add(tf.mul(get('second', name), beta2), tf.mul(tf.square(gradient), 1 - beta2));
          const decay = settings.decays(name) ? 1 - learningRate * weightDecay : 1;
          const change = tf.mul(tf.div(first, tf.add(tf.sqrt(second), epsilon)), rate);
          const weight = tf.sub(tf.mul(get('weights', name), decay), change);
          set('first', name, first);
          set('second', name, second);
          set('weights', name, weight);
        });
      }
    },
    state: () =>
      new Map<string, StoredTensor>(
        STATE_GROUPS.flatMap((group) =>
          names.map((name) => {
            const tensor = get(group, name);
            return [`${group}/${name}`, { shape: tensor.shape, data: tensor.dataSync() as Float32Array }];
          }),
        ),
      ),
    dispose: () => tf.dispose([...tensors.values()]),
  };
}
