import { cpus } from 'node:os';
import type { OpenImageClassifier } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import type { ImageMetrics } from './image-metrics.ts';

const RUNS = 100;

/** One picture after the other, decoding included, on one thread. */
export async function measureImageLatency(
  model: OpenImageClassifier,
  bytes: Uint8Array,
): Promise<ImageMetrics['latency']> {
  const input = { bytes, topK: 5 };
  await model.warmUp();
  await model.classify([input]);
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let run = 0; run < RUNS; run++) {
    const startMs = performance.now();
    await model.classify([input]);
    times.push(performance.now() - startMs);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  return {
    cpuMs: (user + system) / 1000 / RUNS,
    p50Ms: times[RUNS / 2] ?? Number.NaN,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
  };
}
