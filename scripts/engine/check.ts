import '@tensorflow/tfjs-backend-cpu';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { CACHE } from '#scripts/models/base-folder.ts';
import {
  describeEngine,
  EngineError,
  type WantedEngine,
  wantedEngine,
} from '#workers/fine-tuning/engine/engine.ts';
import { KERNEL_CASES, kernelDifference, runKernelCase } from '#workers/fine-tuning/engine/kernel-cases.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { buildBinding } from './build-binding.ts';
import { fetchTensorflow } from './fetch-tensorflow.ts';
import { loadInChild } from './load-in-child.ts';
import { convolutionSpeed, productSpeed } from './measure-products.ts';
import { runEngineScript } from './run-engine-script.ts';
import { trainSmallNetwork } from './train-small-network.ts';

const DIFFERENCE_MAX = 2e-5;

/**
 * The smoke test of a training engine: `npm run engine:check [-- --tensorflow DIR]`, ENGINE=gpu for a GPU. Where no
 * native engine is there it builds one first. Ends with an error if a kernel is wrong, a tensor leaks, or the small
 * network does not learn.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { tensorflow: { type: 'string' } } });
  const wanted = wantedEngine(process.env.ENGINE);
  if (wanted === 'auto') await expectNative(values.tensorflow);
  const failures = await checkEngine(wanted === 'auto' ? 'native' : wanted);
  if (wanted === 'auto') failures.push(...(await checkEngine('wasm')));
  if (failures.length > 0) throw new EngineError(failures.join('\n'));
  console.log('all checks passed');
}

async function expectNative(tensorflow: string | undefined): Promise<void> {
  if (!tensorflow && (await loadInChild('native').then(Boolean, () => false))) return;
  await buildBinding('tfjs-node', tensorflow ?? (await fetchTensorflow(`${CACHE}/tensorflow`)), console.log);
}

async function checkEngine(wanted: WantedEngine): Promise<string[]> {
  const engine = await startEngine(wanted);
  const backend = tf.getBackend();
  console.log(`\n${describeEngine(engine)}${engine.usesGpu ? ', GPU' : ''}`);
  const failures = await compareKernels(backend);
  console.log(`  matrix product 1024   ${productSpeed(1024).toFixed(0)} GFLOP/s`);
  console.log(`  convolution 3x3       ${convolutionSpeed(32, 64).toFixed(0)} GFLOP/s`);
  const { firstLoss, lastLoss, imagesPerS, leaked } = trainSmallNetwork(200);
  console.log(
    `  small network         ${imagesPerS.toFixed(0)} images/s in training, loss ${firstLoss.toFixed(2)} to ${lastLoss.toFixed(2)}`,
  );
  console.log(`  tensors left over     ${leaked} after 200 steps`);
  console.log(`  memory                ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident`);
  if (lastLoss > firstLoss / 2) failures.push(`${engine.name}: the small network does not learn.`);
  if (leaked !== 0) failures.push(`${engine.name}: ${leaked} tensors leak in 200 steps.`);
  return failures;
}

async function compareKernels(backend: string): Promise<string[]> {
  const results = KERNEL_CASES.map(runKernelCase);
  await tf.setBackend('cpu');
  const differences = KERNEL_CASES.map((kernel, index) => {
    const result = results[index];
    return { name: kernel.name, difference: result ? kernelDifference(result, runKernelCase(kernel)) : 1 };
  });
  await tf.setBackend(backend);
  const wrong = differences.filter(({ difference }) => !(difference < DIFFERENCE_MAX));
  const largest = Math.max(...differences.map(({ difference }) => difference));
  console.log(
    `  kernels               ${differences.length - wrong.length} of ${differences.length} as the reference, largest difference ${largest.toExponential(1)}`,
  );
  return wrong.map(
    ({ name, difference }) => `${backend}: ${name} differs by ${difference.toExponential(1)}.`,
  );
}

await runEngineScript(main);
