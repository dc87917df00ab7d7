import { efficientnetLite0 } from './efficientnet-lite.ts';
import { mlp } from './mlp.ts';
import { createGraphBuilder } from './onnx/graph-builder.ts';
import { halfLinear } from './onnx/half-linear.ts';
import { floatLinear } from './onnx/linear-writer.ts';
import type { Ops, Weights } from './ops.ts';
import { type OnnxConstant, type OnnxValue, onnxOps } from './ops-onnx.ts';
import { smallResnet } from './small-resnet.ts';

export type ImagePrecision = 'float32' | 'float16';

/** pictures of three channels -> logits [batch, labels]. */
type Architecture = (
  ops: Ops<OnnxValue>,
  weights: Weights<OnnxConstant>,
  pictures: OnnxValue,
  labels: number,
) => OnnxValue;

const ARCHITECTURES = {
  efficientnet_lite0: efficientnetLite0<OnnxValue>,
  small_resnet: smallResnet<OnnxValue>,
  mlp: mlp<OnnxValue>,
} as const satisfies Record<string, Architecture>;
export type ImageArchitecture = keyof typeof ARCHITECTURES;

/** As an ONNX file: `pixel_values` [batch, 3, size, size] -> `logits` [batch, labels]. */
export function exportImageClassifier(
  architecture: ImageArchitecture,
  weights: Weights<OnnxConstant>,
  { labels, size, precision }: { labels: number; size: number; precision: ImagePrecision },
): Uint8Array {
  const graph = createGraphBuilder(architecture);
  const pictures: OnnxValue = { name: graph.input('pixel_values', 'float32', ['batch', 3, size, size]) };
  const linear = precision === 'float16' ? halfLinear : floatLinear;
  const ops = onnxOps(graph, { linear, embeddings: 'float32', convolutions: precision });
  const logits = ARCHITECTURES[architecture](ops, weights, pictures, labels);
  if (!('name' in logits)) throw new Error('logits do not depend on the picture.');
  graph.output(logits.name, 'logits', 'float32', ['batch', labels]);
  return graph.build({ precision });
}
