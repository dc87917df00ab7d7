import {
  type ConvolutionWriter,
  type FoldedConvolution,
  foldNormalisation,
  greatestOfFour,
  storedConvolution,
} from './onnx/convolution.ts';
import type { GraphBuilder, NodeOptions, OnnxTensor } from './onnx/graph-builder.ts';
import { type LinearWriter, transpose } from './onnx/linear-writer.ts';
import { lstmConstants } from './onnx/lstm-constants.ts';
import { quantizeRows } from './onnx/quantize-rows.ts';
import { singleToHalf } from './onnx/single-to-half.ts';
import type { Ops } from './ops.ts';

/** A value of the graph, or a constant that is written into it when a node first needs it. */
export type OnnxValue = OnnxNodeValue | OnnxConstant;

export interface OnnxNodeValue {
  readonly name: string;
  /** No element is ever below it. */
  readonly lowerBound?: number;
}

export interface OnnxConstant {
  readonly label: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface OnnxOpsOptions {
  /** How products with weights are computed: `floatLinear`, or `quantizedLinear(ranges)`. */
  readonly linear: LinearWriter;
  /** How embedding tables are stored; `int8` is rows with a scale each. */
  readonly embeddings: 'float32' | 'float16' | 'int8';
  /** How convolutions are computed, in floats unless told. */
  readonly convolution?: ConvolutionWriter;
}

/** GELU's least value is -0.16997, its approximation's -0.17004. */
const GELU_LOWER_BOUND = -0.1701;
const FLOAT = { to: { int: 1 } } as const;
const INT32 = { to: { int: 6 } } as const;

export function onnxOps(graph: GraphBuilder, options: OnnxOpsOptions): Ops<OnnxValue> {
  const written = new Map<string, string>();

  /** Nodes and constants that several operations share are written once. */
  function once(key: string, write: () => string): string {
    const known = written.get(key);
    if (known !== undefined) return known;
    const name = write();
    written.set(key, name);
    return name;
  }

  function constant(name: string, tensor: OnnxTensor): string {
    return once(`constant ${name}`, () => graph.initializer(name, tensor));
  }

  function nameOf(value: OnnxValue): string {
    if ('name' in value) return value.name;
    return constant(value.label, { type: 'float32', shape: value.shape, data: value.data });
  }

  function integers(...values: number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return constant(`integers ${values.join(' ')}`, { type: 'int64', shape: [values.length], data });
  }

  function integer(value: number): string {
    return constant(`integer ${value}`, { type: 'int64', shape: [], data: BigInt64Array.of(BigInt(value)) });
  }

  function node(operator: string, inputs: readonly string[], nodeOptions?: NodeOptions): string {
    const [output] = graph.node(operator, inputs, nodeOptions);
    return output as string;
  }

  /** Every token's share of its text's mean: 1 / tokens, and 0 for padding [batch, 1, length]. */
  function meanWeights(mask: string): string {
    return once(`mean weights ${mask}`, () => {
      const float = node('Cast', [mask], { attributes: FLOAT });
      const tokens = node('ReduceSum', [float, integers(1)]); // [batch, 1]
      return node('Unsqueeze', [node('Div', [float, tokens]), integers(1)]);
    });
  }

  /** What GroupQueryAttention counts by: each row's tokens less one [batch], and how many columns past and present have. */
  function tokenCounts(mask: string): { lastTokens: string; total: string } {
    const lastTokens = once(`last tokens ${mask}`, () => {
      const tokens = node('ReduceSum', [mask, integers(1)], { attributes: { keepdims: { int: 0 } } });
      return node('Cast', [node('Sub', [tokens, integer(1)])], { attributes: INT32 });
    });
    const total = once(`columns ${mask}`, () => {
      const columns = node('Gather', [node('Shape', [mask]), integer(1)]);
      return node('Cast', [columns], { attributes: INT32 });
    });
    return { lastTokens, total };
  }

  function halfRows({ label, shape, data }: OnnxConstant): string {
    return once(`half ${label}`, () =>
      constant(`${label} float16`, { type: 'float16', shape, data: singleToHalf(data) }),
    );
  }

  /** The table as `embedding` stores it, but in 8 bits: there a row's scale would have to go into the product. */
  function embeddingRows(table: OnnxConstant): string {
    if (options.embeddings !== 'float16') return nameOf(table);
    return once(`widened ${table.label}`, () => node('Cast', [halfRows(table)], { attributes: FLOAT }));
  }

  return {
    embedding(table, indices) {
      const rows = asConstant(table, 'embedding');
      if (options.embeddings === 'float32') return { name: node('Gather', [nameOf(rows), nameOf(indices)]) };
      if (options.embeddings === 'float16') {
        const gathered = node('Gather', [halfRows(rows), nameOf(indices)]);
        return { name: node('Cast', [gathered], { attributes: FLOAT }) };
      }
      const { values, scales } = quantizeRows(rows.data, rows.shape[0] ?? 0);
      const stored = constant(`${rows.label} int8`, { type: 'int8', shape: rows.shape, data: values });
      const shape = [scales.length, 1];
      const scale = constant(`${rows.label} scale`, { type: 'float32', shape, data: scales });
      const gathered = node('Cast', [node('Gather', [stored, nameOf(indices)])], { attributes: FLOAT });
      return { name: node('Mul', [gathered, node('Gather', [scale, nameOf(indices)])]) };
    },
    leadingRows(table, sequence) {
      const length = once(`length ${nameOf(sequence)}`, () =>
        node('Shape', [nameOf(sequence)], { attributes: { start: { int: 1 }, end: { int: 2 } } }),
      );
      return { name: node('Slice', [nameOf(table), integers(0), length, integers(0)]) };
    },
    firstRow(table) {
      const { label, shape, data } = asConstant(table, 'firstRow');
      const width = shape[1] ?? 0;
      return { label: `${label} first row`, shape: [width], data: data.slice(0, width) };
    },
    linear(x, weight, bias) {
      if (!('name' in x)) throw new Error(`linear: ${x.label} is constant.`);
      const constants = { weight: asConstant(weight, 'linear'), bias: bias && asConstant(bias, 'linear') };
      return { name: options.linear({ constant, node }, x, constants) };
    },
    unembedding(x, table) {
      const attributes = { transB: { int: 1 } };
      const inputs = [nameOf(x), embeddingRows(asConstant(table, 'unembedding'))];
      return { name: node('FusedMatMul', inputs, { domain: 'com.microsoft', attributes }) };
    },
    transpose(weight) {
      const { label, shape, data } = asConstant(weight, 'transpose');
      const [rows = 0, columns = 0] = shape;
      const turned = transpose(data, new Float32Array(data.length), rows);
      return { label: `${label} turned`, shape: [columns, rows], data: turned };
    },
    constant: (label, shape, data) => ({ label, shape, data }),
    attention(query, key, value, mask, heads) {
      const padding = once(`int32 mask ${nameOf(mask)}`, () =>
        node('Cast', [nameOf(mask)], { attributes: INT32 }),
      );
      // ONNX Runtime's own operator: composed of standard ones attention takes nine nodes a layer.
      const name = node('MultiHeadAttention', [nameOf(query), nameOf(key), nameOf(value), '', padding], {
        domain: 'com.microsoft',
        attributes: { num_heads: { int: heads } },
      });
      return { name };
    },
    causalAttention(query, key, value, { mask, past, heads, keyValueHeads }) {
      const attributes = { num_heads: { int: heads }, kv_num_heads: { int: keyValueHeads } };
      const { lastTokens, total } = tokenCounts(nameOf(mask));
      const pastNames = past ? [nameOf(past.key), nameOf(past.value)] : ['', ''];
      const inputs = [...[query, key, value].map(nameOf), ...pastNames, lastTokens, total];
      // ONNX Runtime's own operator, and the one that generating with a cache is tuned for.
      const [attended, newKey, newValue] = graph.node('GroupQueryAttention', inputs, {
        domain: 'com.microsoft',
        attributes,
        outputs: 3,
      }) as [string, string, string];
      return { attended: { name: attended }, keyValue: { key: { name: newKey }, value: { name: newValue } } };
    },
    tokenPositions(tokenIds, mask) {
      const name = once(`positions ${nameOf(mask)}`, () => {
        const counted = node('CumSum', [nameOf(mask), integer(1)]);
        const length = node('Shape', [nameOf(tokenIds)], {
          attributes: { start: { int: 1 }, end: { int: 2 } },
        });
        const end = integers(Number.MAX_SAFE_INTEGER);
        const own = node('Slice', [counted, node('Neg', [length]), end, integers(1)]);
        return node('Max', [node('Sub', [own, integer(1)]), integer(0)]);
      });
      return { name };
    },
    rotary(x, positions, { cosines, sines }) {
      const inputs = [x, positions, cosines, sines].map(nameOf);
      return { name: node('RotaryEmbedding', inputs, { domain: 'com.microsoft' }) };
    },
    layerNorm(x, gamma, beta, epsilon) {
      const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
      return { name: node('LayerNormalization', [nameOf(x), nameOf(gamma), nameOf(beta)], { attributes }) };
    },
    rmsNorm(x, gamma, epsilon) {
      const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
      // ONNX Runtime's name for what the standard has as RMSNormalization from version 23 on.
      return { name: node('SimplifiedLayerNormalization', [nameOf(x), nameOf(gamma)], { attributes }) };
    },
    gelu: (x) => ({ name: node('Gelu', [nameOf(x)]), lowerBound: GELU_LOWER_BOUND }),
    geluTanh(x) {
      const attributes = { approximate: { string: 'tanh' } };
      return { name: node('Gelu', [nameOf(x)], { attributes }), lowerBound: GELU_LOWER_BOUND };
    },
    silu: (x) => ({ name: node('Mul', [nameOf(x), node('Sigmoid', [nameOf(x)])]) }),
    relu: (x) => ({ name: node('Relu', [nameOf(x)]), lowerBound: 0 }),
    tanh: (x) => ({ name: node('Tanh', [nameOf(x)]) }),
    dropout: (x) => x,
    add: (a, b) => ({ name: node('Add', [nameOf(a), nameOf(b)]) }),
    multiply: (a, b) => ({ name: node('Mul', [nameOf(a), nameOf(b)]) }),
    concat(values, axis) {
      if (values.every(isConstant)) return stackedRows(values, axis);
      return { name: node('Concat', values.map(nameOf), { attributes: { axis: { int: axis } } }) };
    },
    split(x, parts) {
      const attributes = { axis: { int: -1 }, num_outputs: { int: parts } };
      return graph.node('Split', [nameOf(x)], { outputs: parts, attributes }).map((name) => ({ name }));
    },
    conv1d(x, weight, bias) {
      const { shape } = asConstant(weight, 'conv1d');
      const side = ((shape[2] ?? 1) - 1) / 2;
      const channelsFirst = node('Transpose', [nameOf(x)], { attributes: { perm: { ints: [0, 2, 1] } } });
      const attributes = { pads: { ints: [side, side] } };
      const convolved = node('Conv', [channelsFirst, nameOf(weight), nameOf(bias)], { attributes });
      return { name: node('Transpose', [convolved], { attributes: { perm: { ints: [0, 2, 1] } } }) };
    },
    lstm(x, inputWeight, recurrentWeight, bias) {
      const weights = lstmConstants(
        asConstant(inputWeight, 'lstm'),
        asConstant(recurrentWeight, 'lstm'),
        asConstant(bias, 'lstm'),
      );
      const stepsFirst = node('Transpose', [nameOf(x)], { attributes: { perm: { ints: [1, 0, 2] } } });
      const attributes = { hidden_size: { int: weights[1]?.shape[2] ?? 0 } };
      const [states] = graph.node('LSTM', [stepsFirst, ...weights.map(nameOf)], { attributes, outputs: 3 });
      // [length, 1, batch, hidden] -> [batch, length, hidden]
      const one = node('Squeeze', [states as string, integers(1)]);
      return { name: node('Transpose', [one], { attributes: { perm: { ints: [1, 0, 2] } } }) };
    },
    onlyTokens(x, mask) {
      const shares = once(`token columns ${nameOf(mask)}`, () =>
        node('Unsqueeze', [node('Cast', [nameOf(mask)], { attributes: FLOAT }), integers(2)]),
      );
      return { name: node('Mul', [nameOf(x), shares]) };
    },
    maskedMax(x, mask) {
      const padding = once(`padding ${nameOf(mask)}`, () => {
        const float = node('Cast', [nameOf(mask)], { attributes: FLOAT });
        const huge = constant('float 1e9', { type: 'float32', shape: [], data: Float32Array.of(1e9) });
        const unit = constant('float 1', { type: 'float32', shape: [], data: Float32Array.of(1) });
        return node('Unsqueeze', [node('Mul', [node('Sub', [float, unit]), huge]), integers(2)]);
      });
      const attributes = { keepdims: { int: 0 } };
      return { name: node('ReduceMax', [node('Add', [nameOf(x), padding]), integers(1)], { attributes }) };
    },
    maskedMean: (x, mask) => ({
      name: node('Squeeze', [node('MatMul', [meanWeights(nameOf(mask)), nameOf(x)]), integers(1)]),
    }),
    unitLength: (x) => ({
      name: node('LpNormalization', [nameOf(x)], { attributes: { axis: { int: -1 }, p: { int: 2 } } }),
    }),
    firstToken(x) {
      return { name: node('Gather', [nameOf(x), integer(0)], { attributes: { axis: { int: 1 } } }) };
    },
    tokensAt(x, places) {
      const rows = node('Flatten', [nameOf(x)], { attributes: { axis: { int: 2 } } });
      return { name: node('Gather', [rows, nameOf(places)]) };
    },
    convolution(x, weight, { stride, padding, depthwise, pooled, norm }) {
      const kernel = asConstant(weight, 'convolution');
      const folded: FoldedConvolution = norm
        ? foldNormalisation(kernel, {
            gamma: asConstant(norm.gamma, 'convolution'),
            beta: asConstant(norm.beta, 'convolution'),
            mean: asConstant(norm.mean, 'convolution'),
            variance: asConstant(norm.variance, 'convolution'),
            epsilon: norm.epsilon,
          })
        : { weight: kernel };
      // What is folded in comes before the pooling then, which changes nothing where it keeps the order of values.
      if (pooled && norm && asConstant(norm.gamma, 'convolution').data.some((value) => value < 0)) {
        throw new Error(`The normalisation after ${kernel.label} turns the order of values round.`);
      }
      const write = options.convolution ?? storedConvolution('float32');
      const groups = depthwise ? (kernel.shape[0] ?? 1) : 1;
      const shape = { stride, padding, groups, pooled: pooled ?? false };
      return { name: write({ constant, node }, nameOf(x), folded, shape) };
    },
    maxPool: (x) => ({ name: greatestOfFour({ node }, nameOf(x)) }),
    globalMaxPool: (x) => ({ name: node('Flatten', [node('GlobalMaxPool', [nameOf(x)])]) }),
    globalAveragePool: (x) => ({ name: node('Flatten', [node('GlobalAveragePool', [nameOf(x)])]) }),
    flatten(x) {
      const attributes = { perm: { ints: [0, 2, 3, 1] } };
      return { name: node('Flatten', [node('Transpose', [nameOf(x)], { attributes })]) };
    },
    relu6(x) {
      const scalar = (value: number) =>
        constant(`float ${value}`, { type: 'float32', shape: [], data: Float32Array.of(value) });
      return { name: node('Clip', [nameOf(x), scalar(0), scalar(6)]), lowerBound: 0 };
    },
  };
}

function isConstant(value: OnnxValue): value is OnnxConstant {
  return !('name' in value);
}

function asConstant(value: OnnxValue, operation: string): OnnxConstant {
  if (!isConstant(value)) throw new Error(`${operation}: ${value.name} is computed; a weight is needed.`);
  return value;
}

function stackedRows(values: readonly OnnxConstant[], axis: number): OnnxConstant {
  const [first] = values;
  if (axis !== 0 || !first) throw new Error('Constants are joined along their first axis only.');
  const rows = values.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const data = new Float32Array(values.reduce((sum, part) => sum + part.data.length, 0));
  let position = 0;
  for (const part of values) {
    data.set(part.data, position);
    position += part.data.length;
  }
  return {
    label: values.map((part) => part.label).join(' | '),
    shape: [rows, ...first.shape.slice(1)],
    data,
  };
}
