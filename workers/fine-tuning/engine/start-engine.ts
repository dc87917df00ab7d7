import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { type Engine, EngineError, type WantedEngine } from './engine.ts';
import { gpuName } from './gpu-name.ts';
import { loadNative, type NativePackage } from './load-native.ts';
import { registerGradients } from './register-gradients.ts';
import { startWebAssembly } from './wasm/start-webassembly.ts';

/**
 * The one place that chooses the training engine, and sets TensorFlow.js' back end to it: the GPU package, else the
 * native one, else WebAssembly. Whoever asks for a GPU gets one or an `EngineError`, never something slower in silence.
 */
export async function startEngine(wanted: WantedEngine): Promise<Engine> {
  registerGradients();
  if (wanted === 'wasm') return webAssembly();

  const reasons: string[] = [];
  for (const name of ['tfjs-node-gpu', 'tfjs-node'] as const) {
    const loaded = loadNative(name);
    if ('reason' in loaded) {
      reasons.push(`${name}: ${loaded.reason}`);
      continue;
    }
    if (wanted === 'gpu' && !loaded.usesGpu) throw noGpu([`${name}: TensorFlow sees no GPU`]);
    return native(name, loaded);
  }
  if (wanted === 'gpu') throw noGpu(reasons);
  if (wanted === 'native') {
    throw new EngineError(
      `ENGINE=native, but TensorFlow is not installed (${reasons.join('; ')}). ` +
        'Install it: npm run engine:install. docs/training-engine.md says how.',
    );
  }
  return webAssembly();
}

async function native(
  name: 'tfjs-node-gpu' | 'tfjs-node',
  { usesGpu, version }: NativePackage,
): Promise<Engine> {
  await tf.ready();
  return {
    name,
    tfjsVersion: tf.version_core,
    tensorflowVersion: version,
    usesGpu,
    device: usesGpu ? await gpuName() : processor(),
  };
}

async function webAssembly(): Promise<Engine> {
  await startWebAssembly();
  return {
    name: 'wasm',
    tfjsVersion: tf.version_core,
    tensorflowVersion: null,
    usesGpu: false,
    device: processor(),
  };
}

function noGpu(reasons: readonly string[]): EngineError {
  return new EngineError(
    `ENGINE=gpu, but no GPU can be used (${reasons.join('; ')}). Install NVIDIA's driver, then TensorFlow with its ` +
      "CUDA libraries (pip install 'tensorflow[and-cuda]==2.21.0'), then npm run engine:install -- --gpu " +
      '--tensorflow DIR. docs/training-engine.md says how.',
  );
}

function processor(): string {
  const all = cpus();
  return `${all[0]?.model.trim() ?? 'unknown processor'}, ${all.length} threads`;
}
