import type { InferenceSession } from 'onnxruntime-node';

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
    // Processors without VNNI add pairs of 8-bit products in 16 bits, which overflow; exact kernels there instead.
    extra: { session: { x64quantprecision: '1' } },
  };
  return typeof file === 'string'
    ? InferenceSession.create(file, options)
    : InferenceSession.create(file, options);
}
