import type { AdamWSettings } from '../train/optimizer.ts';

/** Biases and normalisations are not drawn to zero. */
export function adamWForPictures(weightDecay: number): AdamWSettings {
  return {
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay,
    decays: (name) => name.endsWith('.weight') && !name.includes('.norm.'),
  };
}
