import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerConv2dBackpropFilter } from './conv2d-backprop-filter.ts';
import { registerConv2dBackpropInput } from './conv2d-backprop-input.ts';
import { registerDepthwiseBackprop } from './depthwise-backprop.ts';
import { registerMaxPoolGrad } from './max-pool-grad.ts';
import { registerTransposedMatMul } from './transposed-matmul.ts';
import { registerUnsortedSegmentSum } from './unsorted-segment-sum.ts';

const require = createRequire(import.meta.url);

/** Once for a process: a second registration would wrap the first. */
let started: Promise<void> | undefined;

/** The back end for training: what it lacks for gradients is added, and what is slow in them is replaced. */
export function startWebAssembly(): Promise<void> {
  started ??= start();
  return started.then(() => tf.setBackend('wasm')).then(() => undefined);
}

async function start(): Promise<void> {
  setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/'));
  await tf.setBackend('wasm');
  registerUnsortedSegmentSum();
  registerConv2dBackpropFilter();
  registerConv2dBackpropInput();
  registerDepthwiseBackprop();
  registerMaxPoolGrad();
  registerTransposedMatMul();
}
