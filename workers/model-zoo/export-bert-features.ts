import { bertEncoder, pooledLayers } from './bert.ts';
import type { BertConfig } from './bert-config.ts';
import { createGraphBuilder, type GraphBuilder } from './onnx/graph-builder.ts';
import { type InputRanges, type ObservedInput, observingLinear } from './onnx/input-ranges.ts';
import { floatLinear } from './onnx/linear-writer.ts';
import { quantizedLinear } from './onnx/quantized-linear.ts';
import type { Weights } from './ops.ts';
import { type OnnxConstant, type OnnxOpsOptions, type OnnxValue, onnxOps } from './ops-onnx.ts';

export interface BertFeatures {
  readonly config: BertConfig;
  readonly weights: Weights<OnnxConstant>;
  /** How many of the last layers' means stand side by side in the output `features`. */
  readonly pooledLayers: number;
}

export type Precision =
  | { readonly kind: 'float32' }
  | { readonly kind: 'int8'; readonly ranges: InputRanges };

/**
 * An ONNX file with the inputs of Hugging Face's encoders, `input_ids` and `attention_mask`, and one output,
 * `features` [batch, pooled layers · hidden]. Heads are applied to it outside of the graph: many on one base.
 */
export function exportBertFeatures(model: BertFeatures, precision: Precision): Uint8Array {
  const int8 = precision.kind === 'int8';
  const graph = featuresGraph(model, {
    linear: int8 ? quantizedLinear(precision.ranges) : floatLinear,
    quantizeEmbeddings: int8,
  });
  return graph.build({ precision: precision.kind, pooled_layers: String(model.pooledLayers) });
}

/** The float graph with one more output a layer, which `measureInputRanges` runs over sample texts. */
export function exportBertObserver(model: BertFeatures): { file: Uint8Array; observed: ObservedInput[] } {
  const observed: ObservedInput[] = [];
  const graph = featuresGraph(model, { linear: observingLinear(observed), quantizeEmbeddings: false });
  for (const { weightLabel, channels, value } of observed)
    graph.output(value, weightLabel, 'float32', [channels]);
  return { file: graph.build({}), observed };
}

function featuresGraph(model: BertFeatures, options: OnnxOpsOptions): GraphBuilder {
  const graph = createGraphBuilder('bert');
  const ops = onnxOps(graph, options);
  const tokenIds: OnnxValue = { name: graph.input('input_ids', 'int64', ['batch', 'sequence']) };
  const mask: OnnxValue = { name: graph.input('attention_mask', 'int64', ['batch', 'sequence']) };
  const states = bertEncoder<OnnxValue>(ops, model.config, model.weights, { tokenIds, mask });
  const features = pooledLayers(ops, states, mask, model.pooledLayers);
  if (!('name' in features)) throw new Error('The features do not depend on the inputs.');
  graph.output(features.name, 'features', 'float32', ['batch', model.pooledLayers * model.config.hiddenSize]);
  return graph;
}
