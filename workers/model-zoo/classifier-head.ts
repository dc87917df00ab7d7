import { createGraphBuilder } from './onnx/graph-builder.ts';
import { floatLinear } from './onnx/linear-writer.ts';
import type { Ops, Weights } from './ops.ts';
import { type OnnxConstant, type OnnxValue, onnxOps } from './ops-onnx.ts';

/** Widths of a head: `features` -> `hidden` (dense, GELU) -> `labels`. */
export interface HeadShape {
  readonly features: number;
  readonly hidden: number;
  readonly labels: number;
}

/**
 * What turns a base's features into logits [batch, labels]. Kilobytes to a megabyte, so that many heads stand on one
 * base. Weight names are those of `transformers`' two-layer classification heads.
 */
export function classifierHead<T>(
  ops: Ops<T>,
  shape: HeadShape,
  weights: Weights<T>,
  features: T,
  dropout = 0,
): T {
  const { hidden, labels } = shape;
  const input = ops.dropout(features, dropout);
  const dense = ops.linear(
    input,
    weights('dense.weight', [hidden, shape.features]),
    weights('dense.bias', [hidden]),
  );
  const activated = ops.dropout(ops.gelu(dense), dropout); // [batch, hidden]
  return ops.linear(
    activated,
    weights('out_proj.weight', [labels, hidden]),
    weights('out_proj.bias', [labels]),
  );
}

/** The head as an ONNX file of its own: `features` -> `logits`, in floats. */
export function exportClassifierHead(shape: HeadShape, weights: Weights<OnnxConstant>): Uint8Array {
  const graph = createGraphBuilder('classifier-head');
  const ops = onnxOps(graph, { linear: floatLinear, quantizeEmbeddings: false });
  const features: OnnxValue = { name: graph.input('features', 'float32', ['batch', shape.features]) };
  const logits = classifierHead<OnnxValue>(ops, shape, weights, features);
  if (!('name' in logits)) throw new Error('The logits do not depend on the features.');
  graph.output(logits.name, 'logits', 'float32', ['batch', shape.labels]);
  return graph.build({});
}
