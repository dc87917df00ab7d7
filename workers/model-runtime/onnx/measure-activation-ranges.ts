import { Tensor } from 'onnxruntime-node';
import {
  type ActivationRange,
  type ActivationRanges,
  type ConvolutionRanges,
  type Extreme,
  extremeName,
  type ObservedConvolution,
} from '#workers/model-zoo/onnx/activation-ranges.ts';
import { openSession } from './open-session.ts';

/** Runs normalised sample pictures [3, size, size] through an observer graph, and keeps how far each convolution's values go. */
export async function measureActivationRanges(
  observer: { readonly file: Uint8Array; readonly observed: readonly ObservedConvolution[] },
  pictures: readonly Float32Array[],
  size: number,
): Promise<ActivationRanges> {
  const session = await openSession(observer.file);
  const ranges = new Map<string, ConvolutionRanges>();
  for (const picture of pictures) {
    const outputs = await session.run({ pixel_values: new Tensor('float32', picture, [1, 3, size, size]) });
    for (const { weightLabel } of observer.observed) {
      const seen = (extreme: Extreme) => Number(outputs[extremeName(weightLabel, extreme)]?.data[0]);
      const before = ranges.get(weightLabel);
      ranges.set(weightLabel, {
        input: widened(before?.input, seen('input least'), seen('input greatest')),
        output: widened(before?.output, seen('output least'), seen('output greatest')),
      });
    }
  }
  await session.release();
  return ranges;
}

function widened(range: ActivationRange | undefined, min: number, max: number): ActivationRange {
  return { min: Math.min(range?.min ?? 0, min), max: Math.max(range?.max ?? 0, max) };
}
