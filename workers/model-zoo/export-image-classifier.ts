import { efficientnetLite0 } from './efficientnet-lite.ts';
import { createGraphBuilder } from './onnx/graph-builder.ts';
import { halfLinear } from './onnx/half-linear.ts';
import { floatLinear } from './onnx/linear-writer.ts';
import type { Weights } from './ops.ts';
import { type OnnxConstant, type OnnxValue, onnxOps } from './ops-onnx.ts';

export type ImagePrecision = 'float32' | 'float16';

/** EfficientNet-Lite0 as an ONNX file: `pixel_values` [batch, 3, size, size] -> `logits` [batch, labels]. */
export function exportEfficientnetLite0(
  weights: Weights<OnnxConstant>,
  { labels, size, precision }: { labels: number; size: number; precision: ImagePrecision },
): Uint8Array {
  const graph = createGraphBuilder('efficientnet_lite0');
  const pictures: OnnxValue = { name: graph.input('pixel_values', 'float32', ['batch', 3, size, size]) };
  const linear = precision === 'float16' ? halfLinear : floatLinear;
  const ops = onnxOps(graph, { linear, embeddings: 'float32', convolutions: precision });
  const logits = efficientnetLite0<OnnxValue>(ops, weights, pictures, labels);
  if (!('name' in logits)) throw new Error('logits do not depend on the picture.');
  graph.output(logits.name, 'logits', 'float32', ['batch', labels]);
  return graph.build({ precision });
}
