import { LITE0_FEATURES, lite0Features, lite0Head } from './efficientnet-lite.ts';
import { mlp } from './mlp.ts';
import { eightBitLinear } from './onnx/eight-bit-linear.ts';
import { createGraphBuilder } from './onnx/graph-builder.ts';
import { halfLinear } from './onnx/half-linear.ts';
import { floatLinear, type LinearWriter } from './onnx/linear-writer.ts';

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
}

type Architecture = (
  ops: Ops<OnnxValue>,
  weights: Weights<OnnxConstant>,
  pictures: OnnxValue,
  labels: number,
) => Outputs;

const ARCHITECTURES = {
  efficientnet_lite0(ops, weights, pictures, labels) {
    const value = lite0Features(ops, weights, pictures);
    return {
      logits: lite0Head(ops, weights, value, labels),
      features: { value, width: LITE0_FEATURES },
    };
  },
  small_resnet: (...network) => ({ logits: smallResnet(...network) }),
  mlp: (...network) => ({ logits: mlp(...network) }),
} as const satisfies Record<string, Architecture>;
export type ImageArchitecture = keyof typeof ARCHITECTURES;

/**
 * As an ONNX file: `pixel_values` [batch, 3, size, size] -> `logits` [batch, labels], and `features` [batch, width] where
 * the architecture has them. Whoever asks a run for one of the two is not given the other.
 */
export function exportImageClassifier(
  architecture: ImageArchitecture,
  weights: Weights<OnnxConstant>,
  { labels, size, precision }: { labels: number; size: number; precision: ImagePrecision },
): Uint8Array {
  const graph = createGraphBuilder(architecture);
  const pictures: OnnxValue = { name: graph.input('pixel_values', 'float32', ['batch', 3, size, size]) };
  const ops = onnxOps(graph, {
    linear: LINEAR[precision],
    embeddings: 'float32',
    convolutions: precision,
  });
  const architectureOf: Architecture = ARCHITECTURES[architecture];
  const { logits, features } = architectureOf(ops, weights, pictures, labels);
  graph.output(nameOf(logits), 'logits', 'float32', ['batch', labels]);
  if (features) graph.output(nameOf(features.value), 'features', 'float32', ['batch', features.width]);
  return graph.build({ precision });
}

function nameOf(value: OnnxValue): string {
  if ('name' in value) return value.name;
  throw new Error(`${value.label} does not depend on the picture.`);
}
