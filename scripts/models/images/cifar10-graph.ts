import { measureActivationRanges } from '#workers/model-runtime/onnx/measure-activation-ranges.ts';
import { normalise } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import {
  exportImageClassifier,
  exportImageObserver,
  type ImagePrecision,
} from '#workers/model-zoo/export-image-classifier.ts';
import type { ActivationRanges } from '#workers/model-zoo/onnx/activation-ranges.ts';
import type { Weights } from '#workers/model-zoo/ops.ts';
import type { OnnxConstant } from '#workers/model-zoo/ops-onnx.ts';
import { CIFAR10_CLASSES, CIFAR10_SIDE, readCifar10 } from './cifar10-data.ts';
import { heldOut } from './held-out.ts';

const SHAPE = { labels: CIFAR10_CLASSES.length, size: CIFAR10_SIDE } as const;
/** One training picture of so many is looked at to know how far each convolution's values go. */
const OBSERVED_EVERY = 97;

interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** The small network's graph: weights in 32 or 16 bits, or convolutions in 8. */
export async function cifar10Graph(
  weights: Weights<OnnxConstant>,
  precision: ImagePrecision,
  statistics: Normalisation,
): Promise<Uint8Array> {
  if (precision !== 'int8') return exportImageClassifier('small_resnet', weights, { ...SHAPE, precision });
  const ranges = await observedRanges(weights, statistics);
  return exportImageClassifier('small_resnet', weights, { ...SHAPE, precision, ranges });
}

async function observedRanges(
  weights: Weights<OnnxConstant>,
  statistics: Normalisation,
): Promise<ActivationRanges> {
  const { train } = heldOut(await readCifar10('train'));
  const bytes = 3 * CIFAR10_SIDE ** 2;
  const pictures: Float32Array[] = [];
  for (let row = 0; row < train.labels.length; row += OBSERVED_EVERY) {
    pictures.push(normalise(train.pixels.subarray(row * bytes, (row + 1) * bytes), statistics));
  }
  return measureActivationRanges(exportImageObserver('small_resnet', weights, SHAPE), pictures, SHAPE.size);
}
