import { Tensor } from 'onnxruntime-node';
import {
  type ActivationRanges,
  type Extreme,
  extremeName,
  type ObservedConvolution,
} from '#workers/model-zoo/onnx/activation-ranges.ts';
import { openSession } from './open-session.ts';

/**
 * Of so many pictures a range holds every value; what goes beyond in the others is cut off, as it would leave fewer levels
 * for all that does not. Of 1, 0.9, 0.5 and 0.1 the one with which the small network's logits were nearest to those in floats.
 */
const SHARE_WITHIN = 0.9;

/** Runs normalised sample pictures [3, size, size] through an observer graph, and says how far each convolution's values go. */
export async function measureActivationRanges(
  observer: { readonly file: Uint8Array; readonly observed: readonly ObservedConvolution[] },
  pictures: readonly Float32Array[],
  size: number,
): Promise<ActivationRanges> {
  const session = await openSession(observer.file);
  const seen = new Map<string, number[]>();
  for (const picture of pictures) {
    const outputs = await session.run({ pixel_values: new Tensor('float32', picture, [1, 3, size, size]) });
    for (const [name, { data }] of Object.entries(outputs)) {
      if (data.length !== 1) continue;
      const values = seen.get(name) ?? [];
      values.push(Number(data[0]));
      seen.set(name, values);
    }
  }
  await session.release();
  const endOf = (weightLabel: string, extreme: Extreme) =>
    quantile(seen.get(extremeName(weightLabel, extreme)) ?? [], SHARE_WITHIN);
  return new Map(
    observer.observed.map(({ weightLabel }) => [
      weightLabel,
      {
        input: { min: endOf(weightLabel, 'input least'), max: endOf(weightLabel, 'input greatest') },
        output: { min: endOf(weightLabel, 'output least'), max: endOf(weightLabel, 'output greatest') },
      },
    ]),
  );
}

/** By magnitude. */
function quantile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((a, b) => Math.abs(a) - Math.abs(b));
  return ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))] ?? 0;
}
