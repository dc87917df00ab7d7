import type { InferenceSession } from 'onnxruntime-node';
import { fastKernelsOverflow } from './eight-bit-kernels.ts';

/**
 * One thread a session, unless a measurement wants more: one single-threaded session a core answers more texts a second
 * than one session over all cores, and none of them spins against another process.
 */
export async function openSession(file: string | Uint8Array, threads = 1): Promise<InferenceSession> {
  // Imported late: the native library takes its time, and whoever only describes a model never needs it.
  const { InferenceSession } = await import('onnxruntime-node');
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // The exact 8-bit kernels take nearly twice the time of the fast ones, which are as exact where they don't overflow.
    extra: { session: { x64quantprecision: fastKernelsOverflow() ? '1' : '0' } },
  };
  return typeof file === 'string'
    ? InferenceSession.create(file, options)
    : InferenceSession.create(file, options);
}
