import type { InputRanges, ObservedInput } from '#workers/model-zoo/onnx/input-ranges.ts';
import { openSession } from './open-session.ts';
import { encoderFeeds } from './reading/token-batch.ts';

/** Runs sample texts through an observer graph, one text a run, and keeps the greatest magnitude of each channel. */
export async function measureInputRanges(
  observer: { readonly file: Uint8Array; readonly observed: readonly ObservedInput[] },
  texts: readonly (readonly number[])[],
): Promise<InputRanges> {
  const session = await openSession(observer.file);
  const ranges = new Map(
    observer.observed.map(({ weightLabel, channels }) => [weightLabel, new Float32Array(channels)]),
  );
  for (const ids of texts) {
    const outputs = await session.run(encoderFeeds([ids]));
    for (const [label, range] of ranges) {
      const seen = outputs[label]?.data as Float32Array;
      for (let channel = 0; channel < range.length; channel++) {
        range[channel] = Math.max(range[channel] ?? 0, seen[channel] ?? 0);
      }
    }
  }
  await session.release();
  return ranges;
}
