import * as tf from '@tensorflow/tfjs-core';
import { composedAdamW } from './adamw-composed.ts';
import { fusedAdamW } from './adamw-fused.ts';
import type { AdamWSettings, Optimizer, OptimizerState } from './optimizer.ts';
import { tensorflowBinding } from './tensorflow-binding.ts';

/** AdamW in TensorFlow's own kernel where there is one, else out of TensorFlow.js' operations. */
export function createAdamW(settings: AdamWSettings, state: OptimizerState): Optimizer {
  const binding = tensorflowBinding(tf.backend());
  return binding ? fusedAdamW(binding, settings, state) : composedAdamW(settings, state);
}
