import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { type NesterovSettings, type Optimizer, type OptimizerState, trainedWeights } from './optimizer.ts';

const GROUPS = ['weights', 'first'] as const;

/**
 * Gradient descent with Nesterov's momentum as Sutskever and others (2013) write it, in the order of computation of
 * PyTorch's SGD. Runs on every back end.
 */
export function nesterov(settings: NesterovSettings, state: OptimizerState): Optimizer {
  const names = [...trainedWeights(state).keys()];
  const keys = GROUPS.flatMap((group) => names.map((name) => `${group}/${name}`));
  const tensors = new Map(
    keys.map((key) => {
      const { data, shape } = state.get(key) as StoredTensor;
      return [key, tf.keep(tf.tensor(Float32Array.from(data as Float32Array), [...shape], 'float32'))];
    }),
  );
  const get = (key: string) => tensors.get(key) as tf.Tensor;
  const set = (key: string, value: tf.Tensor) => {
    get(key).dispose();
    tensors.set(key, tf.keep(value));
  };
  const { momentum, weightDecay } = settings;

  return {
    weights: () => new Map(names.map((name) => [name, tf.clone(get(`weights/${name}`))])),
    step(gradients, learningRate) {
      for (const name of names) {
        const gradient = gradients.get(name);
        if (!gradient) continue;
        const rate = learningRate * (settings.rateScale?.(name) ?? 1);
        // What is taken off does not grow with a layer's own rate.
        const decay = (weightDecay * learningRate) / rate;
        tf.tidy(() => {
          const weight = get(`weights/${name}`);
          const slope = decay > 0 ? tf.add(gradient, tf.mul(weight, decay)) : gradient;
          const velocity = tf.add(tf.mul(get(`first/${name}`), momentum), slope);
          const ahead = tf.add(slope, tf.mul(velocity, momentum));
          set(`first/${name}`, velocity);
          set(`weights/${name}`, tf.sub(weight, tf.mul(ahead, rate)));
        });
      }
    },
    state: () =>
      new Map(
        keys.map((key) => {
          const tensor = get(key);
          return [
            key,
            { shape: tensor.shape, data: tensor.dataSync() as Float32Array } satisfies StoredTensor,
          ];
        }),
      ),
    dispose: () => tf.dispose([...tensors.values()]),
  };
}
