import * as tf from '@tensorflow/tfjs-core';

type Gradients = ReadonlyMap<string, tf.Tensor>;

/** Scales all gradients by one factor where their length together is above `max`; else gives them back as they are. */
export function clipGradients(gradients: Gradients, max: number): { norm: number; clipped: Gradients } {
  const norm = Math.sqrt(
    tf.tidy(() => {
      const squares = [...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)));
      return tf.addN(squares).dataSync()[0] ?? Number.NaN;
    }),
  );
  if (!(norm > max)) return { norm, clipped: gradients };
  const factor = max / norm;
  const clipped = new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, factor)]));
  return { norm, clipped };
}
