import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerTransposedMatMul } from '#workers/model-zoo/wasm-transposed-matmul.ts';

const require = createRequire(import.meta.url);

/** Sets the back end, with gradients, and says which one for the log. */
export async function startTensorflow(): Promise<string> {
  // The package's main entry registers no gradients. They lie beside it as files that import one another without
  // an extension, which an import can't follow; tsx's require can.
  require('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/'));
  await tf.setBackend('wasm');
  registerTransposedMatMul();
  return `TensorFlow.js ${tf.version_core}, back end ${tf.getBackend()}`;
}
