import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WantedEngine } from './engine.ts';
import { KERNEL_CASES, type KernelResult, kernelDifference, runKernelCase } from './kernel-cases.ts';
import { registerGradients } from './register-gradients.ts';
import { startEngine } from './start-engine.ts';

// Before TensorFlow is loaded: a GPU is to multiply in whole float32 here.
process.env.NVIDIA_TF32_OVERRIDE ??= '0';

const expected = new Map<string, KernelResult>();

beforeAll(async () => {
  registerGradients();
  await tf.setBackend('cpu');
  for (const kernel of KERNEL_CASES) expected.set(kernel.name, runKernelCase(kernel));
});

/** WebAssembly always is here; the native engine where it is installed. */
const engines: WantedEngine[] = ['native', 'wasm'];

describe.each(engines)('%s computes what the reference computes', (engine) => {
  let absent = false;
  beforeAll(async () => {
    absent = await startEngine(engine).then(
      () => false,
      () => engine === 'native',
    );
  });
  afterAll(() => tf.setBackend('cpu'));

  it.for(KERNEL_CASES)('$name', (kernel, { skip }) => {
    skip(absent, 'the native engine is not installed');
    expect(tf.getBackend()).not.toBe('cpu');
    const reference = expected.get(kernel.name) as KernelResult;
    expect(reference.gradients.length).toBe(kernel.inputs.length);
    expect(kernelDifference(runKernelCase(kernel), reference)).toBeLessThan(2e-5);
  });
});
