import { bytes, float, integer, join, type Message, message, packed, text } from './protobuf-writer.ts';

/** Numbers of `TensorProto.DataType` in onnx.proto. */
const DATA_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type OnnxType = keyof typeof DATA_TYPES;

/** Numbers of `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const;

export interface OnnxTensor {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint16Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

export type Attribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] };

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  readonly outputs?: number;
}

/** A dimension with a name instead of a size is decided by each run. */
export type Dimension = number | string;

/** ONNX 1.16's operators and file version: read by ONNX Runtime 1.18 and later. */
const IR_VERSION = 9;
const OPSET = 20;
const MICROSOFT_OPSET = 1;

export interface GraphBuilder {
  input(name: string, type: OnnxType, shape: readonly Dimension[]): string;
  output(value: string, name: string, type: OnnxType, shape: readonly Dimension[]): void;
  initializer(name: string, tensor: OnnxTensor): string;
  /** Returns the names of the node's outputs. An absent optional input is an empty name. */
  node(operator: string, inputs: readonly string[], options?: NodeOptions): string[];
  /** The bytes of the ModelProto. */
  build(metadata: Readonly<Record<string, string>>): Uint8Array;
}

export function createGraphBuilder(graphName: string): GraphBuilder {
  const nodes: Message[] = [];
  const initializers: Message[] = [];
  const inputs: Message[] = [];
  const outputs: Message[] = [];
  const domains = new Set<string>();
  let nodeCount = 0;

  return {
    input(name, type, shape) {
      inputs.push(message(11, ...valueInfo(name, type, shape)));
      return name;
    },
    output(value, name, type, shape) {
      nodes.push(message(1, ...node('Identity', [value], [name], `${name}/Identity`, {})));
      outputs.push(message(12, ...valueInfo(name, type, shape)));
    },
    initializer(name, { type, shape, data }) {
      const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const fields = [packed(1, shape), integer(2, DATA_TYPES[type]), text(8, name), bytes(9, raw)];
      initializers.push(message(5, ...fields));
      return name;
    },
    node(operator, nodeInputs, options = {}) {
      const id = `${operator}_${nodeCount++}`;
      const outputNames = Array.from({ length: options.outputs ?? 1 }, (_, index) => `${id}:${index}`);
      if (options.domain) domains.add(options.domain);
      nodes.push(message(1, ...node(operator, nodeInputs, outputNames, id, options)));
      return outputNames;
    },
    build(metadata) {
      const graph = [nodes, [text(2, graphName)], initializers, inputs, outputs].flat();
      const opsets = [
        operatorSet('', OPSET),
        ...[...domains].map((name) => operatorSet(name, MICROSOFT_OPSET)),
      ];
      const properties = Object.entries(metadata).map(([key, value]) =>
        message(14, text(1, key), text(2, value)),
      );
      return join(
        [[integer(1, IR_VERSION), text(2, 'modelyard'), message(7, ...graph)], opsets, properties].flat(2),
      );
    },
  };
}

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  name: string,
  { attributes = {}, domain }: NodeOptions,
): Message[] {
  return [
    ...inputs.map((value) => text(1, value)),
    ...outputs.map((value) => text(2, value)),
    text(3, name),
    text(4, operator),
    ...Object.entries(attributes).map(([key, value]) => message(5, ...attribute(key, value))),
    ...(domain ? [text(7, domain)] : []),
  ];
}

function attribute(name: string, value: Attribute): Message[] {
  if ('float' in value) return [text(1, name), float(2, value.float), integer(20, ATTRIBUTE_TYPES.float)];
  if ('int' in value) return [text(1, name), integer(3, value.int), integer(20, ATTRIBUTE_TYPES.int)];
  if ('string' in value) return [text(1, name), text(4, value.string), integer(20, ATTRIBUTE_TYPES.string)];
  return [text(1, name), packed(8, value.ints), integer(20, ATTRIBUTE_TYPES.ints)];
}

function valueInfo(name: string, type: OnnxType, shape: readonly Dimension[]): Message[] {
  const dimensions = shape.map((size) =>
    message(1, typeof size === 'number' ? integer(1, size) : text(2, size)),
  );
  const tensorType = message(1, integer(1, DATA_TYPES[type]), message(2, ...dimensions));
  return [text(1, name), message(2, tensorType)];
}

function operatorSet(domain: string, version: number): Message {
  return message(8, text(1, domain), integer(2, version));
}
