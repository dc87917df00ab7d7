import { ModelConfigError } from './config-fields.ts';
import type { Decoder } from './decoder.ts';
import { createGraphBuilder, type GraphBuilder } from './onnx/graph-builder.ts';
import { halfLinear } from './onnx/half-linear.ts';
import { type ObservedSquares, squaringLinear } from './onnx/input-squares.ts';
import { floatLinear } from './onnx/linear-writer.ts';
import type { KeyValue, Weights } from './ops.ts';
import { type OnnxConstant, type OnnxOpsOptions, type OnnxValue, onnxOps } from './ops-onnx.ts';

/** `float16`: weights in 16 bits, products in 32. */
export type DecoderPrecision = 'float32' | 'float16';

/** Of GroupQueryAttention. */
const HEAD_MULTIPLE = 8;

const OPTIONS = {
  float32: { linear: floatLinear, embeddings: 'float32' },
  float16: { linear: halfLinear, embeddings: 'float16' },
} as const satisfies Record<DecoderPrecision, OnnxOpsOptions>;

/**
 * An ONNX file with the names of Hugging Face's decoders: `input_ids`, `attention_mask` and `past_key_values.N.key` in, `logits`
 * and `present.N.key` out. At a text's beginning the past has a length of 0. After a past, more than one token at once is for
 * batches of one text.
 */
export function exportDecoder(
  decoder: Decoder,
  weights: Weights<OnnxConstant>,
  precision: DecoderPrecision,
): Uint8Array {
  return writeGraph(decoder, weights, OPTIONS[precision]).build({ precision });
}

/** The float graph with one more output a layer, which `measureImportance` runs over sample texts. */
export function exportDecoderObserver(
  decoder: Decoder,
  weights: Weights<OnnxConstant>,
): { file: Uint8Array; observed: ObservedSquares[] } {
  const observed: ObservedSquares[] = [];
  const graph = writeGraph(decoder, weights, { linear: squaringLinear(observed), embeddings: 'float32' });
  for (const { weightLabel, channels, value } of observed) {
    graph.output(value, weightLabel, 'float32', [channels]);
  }
  return { file: graph.build({}), observed };
}

function writeGraph(decoder: Decoder, weights: Weights<OnnxConstant>, options: OnnxOpsOptions): GraphBuilder {
  const { layers, keyValueHeads, headSize, vocabularySize } = decoder;
  if (headSize % HEAD_MULTIPLE !== 0) {
    throw new ModelConfigError(
      `Heads of ${headSize} channels are no multiple of ${HEAD_MULTIPLE}, which ONNX Runtime needs.`,
    );
  }
  const graph = createGraphBuilder('decoder');
  const tokenIds = { name: graph.input('input_ids', 'int64', ['batch', 'sequence']) };
  const mask = { name: graph.input('attention_mask', 'int64', ['batch', 'total_sequence']) };
  const state = (length: string) => ['batch', keyValueHeads, length, headSize];
  const past = Array.from({ length: layers }, (_, layer): KeyValue<OnnxValue> => {
    const part = (kind: string) => ({
      name: graph.input(`past_key_values.${layer}.${kind}`, 'float32', state('past_sequence')),
    });
    return { key: part('key'), value: part('value') };
  });
  const ops = onnxOps(graph, options);
  const { logits, keyValues } = decoder.write<OnnxValue>(ops, weights, { tokenIds, mask, past });
  graph.output(computed(logits), 'logits', 'float32', ['batch', 'sequence', vocabularySize]);
  keyValues.forEach(({ key, value }, layer) => {
    graph.output(computed(key), `present.${layer}.key`, 'float32', state('total_sequence'));
    graph.output(computed(value), `present.${layer}.value`, 'float32', state('total_sequence'));
  });
  return graph;
}

function computed(value: OnnxValue): string {
  if ('name' in value) return value.name;
  throw new Error(`${value.label} does not depend on the inputs.`);
}
