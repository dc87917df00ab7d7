import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerTransposedMatMul } from '#workers/model-zoo/wasm-transposed-matmul.ts';

/** Sets the back end and says which one, for the log. */
export async function startTensorflow(): Promise<string> {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(main), '/'));
  await tf.setBackend('wasm');
  registerTransposedMatMul();
  return `TensorFlow.js ${tf.version_core}, back end ${tf.getBackend()}`;
}
