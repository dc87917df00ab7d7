import { type BertInputs, bertEncoder, pooledLayers } from './bert.ts';
import { bertClassifier } from './bert-classifier.ts';
import type { BertConfig } from './bert-config.ts';
import { createGraphBuilder, type GraphBuilder } from './onnx/graph-builder.ts';
import { halfLinear } from './onnx/half-linear.ts';
import { type InputRanges, type ObservedInput, observingLinear } from './onnx/input-ranges.ts';
import { floatLinear, type LinearWriter } from './onnx/linear-writer.ts';
import { quantizedLinear } from './onnx/quantized-linear.ts';
import type { Ops, Weights } from './ops.ts';
import { type OnnxConstant, type OnnxOpsOptions, type OnnxValue, onnxOps } from './ops-onnx.ts';

/** What a graph computes of a batch of texts: one row of `width` numbers each. */
export interface EncoderGraph {
  readonly output: { readonly name: string; readonly width: number };
  write(ops: Ops<OnnxValue>, inputs: BertInputs<OnnxValue>): OnnxValue;
}

export type Precision =
  | { readonly kind: 'float32' }
  /** Weights in 16 bits, products in 32. */
  | { readonly kind: 'float16' }
  | {
      readonly kind: 'int8';
      readonly ranges: InputRanges;
      /** Where what GELU gave is multiplied in floats: how those layers are stored. Left out: in 8 bits like the others. */
      readonly afterGelu?: 'float16';
    };

interface Model {
  readonly config: BertConfig;
  readonly weights: Weights<OnnxConstant>;
}

/** `logits` [batch, labels] of BertForSequenceClassification. */
export function classifierGraph({ config, weights }: Model, labels: number): EncoderGraph {
  return {
    output: { name: 'logits', width: labels },
    write: (ops, inputs) => bertClassifier<OnnxValue>(ops, config, weights, inputs, { labels }),
  };
}

/** `features` [batch, layers · hidden]: means over the tokens of the last `layers` states, side by side. */
export function featuresGraph({ config, weights }: Model, layers: number): EncoderGraph {
  return {
    output: { name: 'features', width: layers * config.hiddenSize },
    write: (ops, inputs) =>
      pooledLayers(ops, bertEncoder<OnnxValue>(ops, config, weights, inputs), inputs.mask, layers),
  };
}

/** `sentence_embedding` [batch, hidden]: the mean of the last state, of length 1, as sentence-transformers gives. */
export function embeddingsGraph({ config, weights }: Model): EncoderGraph {
  return {
    output: { name: 'sentence_embedding', width: config.hiddenSize },
    write(ops, inputs) {
      const states = bertEncoder<OnnxValue>(ops, config, weights, inputs);
      return ops.unitLength(pooledLayers(ops, states, inputs.mask, 1));
    },
  };
}

/** An ONNX file with the inputs of Hugging Face's encoders, `input_ids` and `attention_mask`. */
export function exportEncoder(encoder: EncoderGraph, precision: Precision): Uint8Array {
  return writeGraph(encoder, opsOptions(precision)).build({ precision: precision.kind });
}

function opsOptions(precision: Precision): OnnxOpsOptions {
  switch (precision.kind) {
    case 'float32':
      return { linear: floatLinear, embeddings: 'float32' };
    case 'float16':
      return { linear: halfLinear, embeddings: 'float16' };
    case 'int8':
      return {
        linear: inLayersOnly(quantizedLinear(precision.ranges, precision.afterGelu && halfLinear)),
        embeddings: 'int8',
      };
  }
}

/** The float graph with one more output a layer, which `measureInputRanges` runs over sample texts. */
export function exportObserver(encoder: EncoderGraph): { file: Uint8Array; observed: ObservedInput[] } {
  const observed: ObservedInput[] = [];
  const linear = inLayersOnly(observingLinear(observed));
  const graph = writeGraph(encoder, { linear, embeddings: 'float32' });
  for (const { weightLabel, channels, value } of observed) {
    graph.output(value, weightLabel, 'float32', [channels]);
  }
  return { file: graph.build({}), observed };
}

/** Pooler and classifier see one row a text: in 8 bits they would save nothing and lose something. */
function inLayersOnly(writer: LinearWriter): LinearWriter {
  return (context, x, constants) =>
    (constants.weight.label.includes('encoder.layer.') ? writer : floatLinear)(context, x, constants);
}

function writeGraph(encoder: EncoderGraph, options: OnnxOpsOptions): GraphBuilder {
  const graph = createGraphBuilder('bert');
  const tokenIds: OnnxValue = { name: graph.input('input_ids', 'int64', ['batch', 'sequence']) };
  const mask: OnnxValue = { name: graph.input('attention_mask', 'int64', ['batch', 'sequence']) };
  const result = encoder.write(onnxOps(graph, options), { tokenIds, mask });
  const { name, width } = encoder.output;
  if (!('name' in result)) throw new Error(`${name} does not depend on the inputs.`);
  graph.output(result.name, name, 'float32', ['batch', width]);
  return graph;
}
