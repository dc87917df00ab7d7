import * as tf from '@tensorflow/tfjs-core';
import { require } from 'tsx/cjs/api';

/**
 * The package's main entry registers no gradients. They lie beside it as files that import one another without an
 * extension, which Node can't follow and tsx can. What they register is global, so it reaches the entry as well.
 */
export function registerGradients(): void {
  if (tf.getGradient('MatMul') || tf.getGradient('BatchMatMul')) return;
  require('@tensorflow/tfjs-core/dist/register_all_gradients.js', import.meta.url);
}
