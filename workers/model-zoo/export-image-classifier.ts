import { LITE0_FEATURES, LITE0_STRIDE, lite0Head, lite0Maps } from './efficientnet-lite.ts';
import { mlp } from './mlp.ts';
import {
  type ActivationRanges,
  EXTREMES,
  extremeName,
  type ObservedConvolution,
  observingConvolution,
} from './onnx/activation-ranges.ts';
import { type ConvolutionWriter, storedConvolution } from './onnx/convolution.ts';
import { eightBitLinear } from './onnx/eight-bit-linear.ts';
import { createGraphBuilder, type GraphBuilder } from './onnx/graph-builder.ts';
import { halfLinear } from './onnx/half-linear.ts';
import { floatLinear, type LinearWriter } from './onnx/linear-writer.ts';
import { quantizedConvolution } from './onnx/quantized-convolution.ts';
import type { StoredPrecision } from './onnx/stored-weight.ts';
import type { Ops, Weights } from './ops.ts';
import { type OnnxConstant, type OnnxValue, onnxOps } from './ops-onnx.ts';
import { smallResnet } from './small-resnet.ts';

export type ImagePrecision = StoredPrecision;

const LINEAR: Readonly<Record<ImagePrecision, LinearWriter>> = {
  float32: floatLinear,
  float16: halfLinear,
  int8: eightBitLinear,
};

interface Outputs {
  readonly logits: OnnxValue; // [batch, labels]
  /** What the head reads, where it is worth handing out. */
  readonly features?: { readonly value: OnnxValue; readonly width: number }; // [batch, width]
  /** What the features are the means of. */
  readonly maps?: { readonly value: OnnxValue; readonly width: number; readonly stride: number }; // [batch, width, …]
}

type Architecture = (
  ops: Ops<OnnxValue>,
  weights: Weights<OnnxConstant>,
  pictures: OnnxValue,
  labels: number,
) => Outputs;

const ARCHITECTURES = {
  efficientnet_lite0(ops, weights, pictures, labels) {
    const maps = lite0Maps(ops, weights, pictures);
    const features = ops.globalAveragePool(maps);
    return {
      logits: lite0Head(ops, weights, features, labels),
      features: { value: features, width: LITE0_FEATURES },
      maps: { value: maps, width: LITE0_FEATURES, stride: LITE0_STRIDE },
    };
  },
  small_resnet: (...network) => ({ logits: smallResnet(...network) }),
  mlp: (...network) => ({ logits: mlp(...network) }),
} as const satisfies Record<string, Architecture>;
export type ImageArchitecture = keyof typeof ARCHITECTURES;

export interface ImageExport {
  readonly labels: number;
  readonly size: number;
  /** How weights are stored; they are widened when the session opens, and computed with in 32 bits. */
  readonly precision: ImagePrecision;
  /** With these, and `int8`, convolutions are computed in 8 bits. */
  readonly ranges?: ActivationRanges;
}

/**
 * As an ONNX file: `pixel_values` [batch, 3, size, size] -> `logits` [batch, labels], and where the architecture has them
 * `features` [batch, width] and `maps` [batch, width, size / stride, size / stride], whose means they are. Whoever asks a run
 * for one of them is not given the others.
 */
export function exportImageClassifier(
  architecture: ImageArchitecture,
  weights: Weights<OnnxConstant>,
  { labels, size, precision, ranges }: ImageExport,
): Uint8Array {
  const convolution = ranges ? quantizedConvolution(ranges) : storedConvolution(precision);
  const linear = ranges ? halfLinear : LINEAR[precision];
  return writeGraph(architecture, weights, { labels, size }, { linear, convolution }).build({ precision });
}

/** The float graph with four more outputs a convolution, which `measureActivationRanges` runs over sample pictures. */
export function exportImageObserver(
  architecture: ImageArchitecture,
  weights: Weights<OnnxConstant>,
  shape: Pick<ImageExport, 'labels' | 'size'>,
): { readonly file: Uint8Array; readonly observed: readonly ObservedConvolution[] } {
  const observed: ObservedConvolution[] = [];
  const convolution = observingConvolution(observed);
  const graph = writeGraph(architecture, weights, shape, { linear: floatLinear, convolution });
  for (const { weightLabel, values } of observed) {
    for (const extreme of EXTREMES) {
      graph.output(values[extreme], extremeName(weightLabel, extreme), 'float32', []);
    }
  }
  return { file: graph.build({ precision: 'float32' }), observed };
}

function writeGraph(
  architecture: ImageArchitecture,
  weights: Weights<OnnxConstant>,
  { labels, size }: Pick<ImageExport, 'labels' | 'size'>,
  writers: { readonly linear: LinearWriter; readonly convolution: ConvolutionWriter },
): GraphBuilder {
  const graph = createGraphBuilder(architecture);
  const pictures: OnnxValue = { name: graph.input('pixel_values', 'float32', ['batch', 3, size, size]) };
  const ops = onnxOps(graph, { ...writers, embeddings: 'float32' });
  const architectureOf: Architecture = ARCHITECTURES[architecture];
  const { logits, features, maps } = architectureOf(ops, weights, pictures, labels);
  graph.output(nameOf(logits), 'logits', 'float32', ['batch', labels]);
  if (features) graph.output(nameOf(features.value), 'features', 'float32', ['batch', features.width]);
  if (maps) {
    const side = size / maps.stride;
    graph.output(nameOf(maps.value), 'maps', 'float32', ['batch', maps.width, side, side]);
  }
  return graph;
}

function nameOf(value: OnnxValue): string {
  if ('name' in value) return value.name;
  throw new Error(`${value.label} does not depend on the picture.`);
}
