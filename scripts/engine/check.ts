import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CACHE } from '#scripts/models/base-folder.ts';
import {
  describeEngine,
  EngineError,
  type WantedEngine,
  wantedEngine,
} from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { buildBinding } from './build-binding.ts';
import type { KernelDifference } from './compare-kernels.ts';
import { fetchTensorflow } from './fetch-tensorflow.ts';
import { loadInChild } from './load-in-child.ts';
import { ENCODER_BATCH, measureEncoderTraining } from './measure-encoder.ts';
import { convolutionSpeed, productSpeed } from './measure-products.ts';
import { runEngineScript } from './run-engine-script.ts';
import { runQuietly, tellingLine } from './run-quietly.ts';
import { trainSmallNetwork } from './train-small-network.ts';

const DIFFERENCE_MAX = 2e-5;
/** Training takes TF32, of 10 bits, where the GPU has it: kernels can't be told right from wrong by that. */
const FULL_FLOAT32 = { NVIDIA_TF32_OVERRIDE: '0' };

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
  await compareWithTorch();
  if (failures.length > 0) throw new EngineError(failures.join('\n'));
  console.log('all checks passed');
}

async function expectNative(tensorflow: string | undefined): Promise<void> {
  if (!tensorflow && (await loadInChild('native').then(Boolean, () => false))) return;
  await buildBinding('tfjs-node', tensorflow ?? (await fetchTensorflow(`${CACHE}/tensorflow`)), console.log);
}

async function checkEngine(wanted: WantedEngine): Promise<string[]> {
  const engine = await startEngine(wanted);
  console.log(`\n${describeEngine(engine)}${engine.usesGpu ? ', GPU' : ''}`);
  const failures = await compareKernels(wanted);
  console.log(`  matrix product 1024   ${productSpeed(1024).toFixed(0)} GFLOP/s`);
  console.log(`  convolution 3x3       ${convolutionSpeed(32, 64).toFixed(0)} GFLOP/s`);
  const { firstLoss, lastLoss, imagesPerS, leaked } = trainSmallNetwork(200);
  console.log(
    `  small network         ${imagesPerS.toFixed(0)} images/s in training, loss ${firstLoss.toFixed(2)} to ${lastLoss.toFixed(2)}`,
  );
  for (const { products, stepsPerS } of measureEncoderTraining()) {
    console.log(`  BERT, ${products.padEnd(9)}       ${encoderLine(stepsPerS)}`);
  }
  console.log(`  tensors left over     ${leaked} after 200 steps`);
  console.log(`  memory                ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident`);
  if (lastLoss > firstLoss / 2) failures.push(`${engine.name}: the small network does not learn.`);
  if (leaked !== 0) failures.push(`${engine.name}: ${leaked} tensors leak in 200 steps.`);
  return failures;
}

function encoderLine(stepsPerS: number): string {
  const { texts, tokens } = ENCODER_BATCH;
  return `${stepsPerS.toFixed(2)} training steps/s (6 layers of 384, ${texts} texts of ${tokens} tokens)`;
}

/** The same steps in PyTorch, where this machine has it. */
async function compareWithTorch(): Promise<void> {
  const script = fileURLToPath(new URL('./measure-torch.py', import.meta.url));
  const { code, output } = await runQuietly(process.env.PYTHON ?? 'python3', [script]);
  if (code !== 0) {
    console.log(
      '\nPyTorch with transformers is not here to compare with (PYTHON names another interpreter).',
    );
    return;
  }
  const { torch, threads, float32, bfloat16 } = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as {
    torch: string;
    threads: number;
    float32: number;
    bfloat16: number;
  };
  console.log(`\nPyTorch ${torch}, ${threads} threads`);
  console.log(`  BERT, float32         ${encoderLine(float32)}`);
  console.log(`  BERT, bfloat16        ${encoderLine(bfloat16)}`);
}

/** In a process of its own, since the GPU's libraries decide as they load how exactly they multiply. */
async function compareKernels(wanted: WantedEngine): Promise<string[]> {
  const script = fileURLToPath(new URL('./compare-kernels.ts', import.meta.url));
  const { code, output } = await runQuietly(process.execPath, ['--import', 'tsx', script, wanted], {
    env: FULL_FLOAT32,
  });
  if (code !== 0) throw new EngineError(`The kernels can't be compared: ${tellingLine(output)}`);
  const differences = JSON.parse(output.trim().split('\n').at(-1) ?? '[]') as KernelDifference[];
  const wrong = differences.filter(({ difference }) => !(difference < DIFFERENCE_MAX));
  const largest = Math.max(...differences.map(({ difference }) => difference));
  console.log(
    `  kernels               ${differences.length - wrong.length} of ${differences.length} as the reference, largest difference ${largest.toExponential(1)}`,
  );
  return wrong.map(({ name, difference }) => `${wanted}: ${name} differs by ${difference.toExponential(1)}.`);
}

await runEngineScript(main);
