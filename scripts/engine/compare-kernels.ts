import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { KERNEL_CASES, kernelDifference, runKernelCase } from '#workers/fine-tuning/engine/kernel-cases.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { runEngineScript } from './run-engine-script.ts';

export interface KernelDifference {
  readonly name: string;
  readonly difference: number;
}

/** Says in its last line, as JSON, how far each kernel of the engine that it is told is from the reference. */
await runEngineScript(async () => {
  await startEngine(wantedEngine(process.argv[2]));
  const results = KERNEL_CASES.map(runKernelCase);
  await tf.setBackend('cpu');
  const differences = KERNEL_CASES.map((kernel, index): KernelDifference => {
    const result = results[index];
    return { name: kernel.name, difference: result ? kernelDifference(result, runKernelCase(kernel)) : 1 };
  });
  console.log(JSON.stringify(differences));
});
