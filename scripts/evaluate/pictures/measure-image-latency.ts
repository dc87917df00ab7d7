import type { OpenImageClassifier } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { type RunTimes, timeRuns } from '../measures/time-runs.ts';

const RUNS = 100;

/** One picture after the other, decoding included, on one thread. */
export async function measureImageLatency(model: OpenImageClassifier, bytes: Uint8Array): Promise<RunTimes> {
  const input = { bytes, topK: 5 };
  await model.warmUp();
  await model.classify([input]);
  return timeRuns(RUNS, () => model.classify([input]));
}
