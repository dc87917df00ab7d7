import { GgufError } from './gguf-error.ts';
import { type GgufMetadata, type GgufValue, type Scalar, type ScalarType, VALUE_TYPES } from './metadata.ts';
import { storedBytes, TENSOR_TYPES, type TensorTypeName } from './tensor-types.ts';

/** A tensor to write; `bytes` is asked for when its turn comes. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorTypeName;
  bytes(): Uint8Array;
}

const VERSION = 3;
const ALIGNMENT = 32;

/**
 * A GGUF file of version 3, in pieces: its head, then one tensor after the other, so that no model has to be in memory
 * whole. Metadata are written as they are, in their order, but for the alignment, which is always the usual one.
 */
export function* writeGguf(
  metadata: GgufMetadata,
  tensors: readonly TensorToWrite[],
): Generator<Uint8Array, void, void> {
  const entries = [...metadata].filter(([key]) => key !== 'general.alignment');
  const head = [text('GGUF'), uint32(VERSION), uint64(tensors.length), uint64(entries.length)];
  for (const [key, value] of entries) head.push(string(key), ...valueBytes(key, value));
  let offset = 0;
  for (const { name, shape, type } of tensors) {
    const axes = [...shape].reverse();
    head.push(string(name), uint32(axes.length), ...axes.map(uint64));
    head.push(uint32(TENSOR_TYPES[type].number), uint64(offset));
    offset += padded(storedBytes(type, shape, name));
  }
  yield aligned(Buffer.concat(head));
  for (const { name, shape, type, bytes } of tensors) {
    const data = bytes();
    const expected = storedBytes(type, shape, name);
    if (data.byteLength !== expected) {
      throw new GgufError(`${name} has ${data.byteLength} bytes; ${type} of [${shape}] takes ${expected}.`);
    }
    yield aligned(data);
  }
}

/** How many bytes `writeGguf` gives for a tensor. */
export function writtenBytes({ name, shape, type }: Omit<TensorToWrite, 'bytes'>): number {
  return padded(storedBytes(type, shape, name));
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function aligned(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength % ALIGNMENT === 0) return bytes;
  const longer = new Uint8Array(padded(bytes.byteLength));
  longer.set(bytes);
  return longer;
}

function valueBytes(key: string, entry: GgufValue): Uint8Array[] {
  if (entry.type !== 'array') return [uint32(VALUE_TYPES[entry.type]), scalar(key, entry.type, entry.value)];
  return [
    uint32(VALUE_TYPES.array),
    uint32(VALUE_TYPES[entry.of]),
    uint64(entry.value.length),
    ...entry.value.map((value) => scalar(key, entry.of, value)),
  ];
}

function scalar(key: string, type: ScalarType, value: Scalar): Uint8Array {
  if (type === 'string') return string(expectType(key, type, value, 'string'));
  if (type === 'bool') return Uint8Array.of(Number(expectType(key, type, value, 'boolean')));
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  switch (type) {
    case 'uint64':
      view.setBigUint64(0, expectType(key, type, value, 'bigint'), true);
      return bytes;
    case 'int64':
      view.setBigInt64(0, expectType(key, type, value, 'bigint'), true);
      return bytes;
  }
  return bytes.subarray(0, writeNumber(view, type, expectType(key, type, value, 'number')));
}

type NumberType = Exclude<ScalarType, 'string' | 'bool' | 'uint64' | 'int64'>;

/** Returns how many bytes were written. */
function writeNumber(view: DataView, type: NumberType, value: number): number {
  switch (type) {
    case 'uint8':
      view.setUint8(0, value);
      return 1;
    case 'int8':
      view.setInt8(0, value);
      return 1;
    case 'uint16':
      view.setUint16(0, value, true);
      return 2;
    case 'int16':
      view.setInt16(0, value, true);
      return 2;
    case 'uint32':
      view.setUint32(0, value, true);
      return 4;
    case 'int32':
      view.setInt32(0, value, true);
      return 4;
    case 'float32':
      view.setFloat32(0, value, true);
      return 4;
    case 'float64':
      view.setFloat64(0, value, true);
      return 8;
  }
}

interface Kinds {
  string: string;
  boolean: boolean;
  bigint: bigint;
  number: number;
}

function expectType<K extends keyof Kinds>(key: string, type: ScalarType, value: Scalar, kind: K): Kinds[K] {
  if (typeof value === kind) return value as Kinds[K];
  throw new GgufError(`${key} is to be written as ${type} but is a ${typeof value}.`);
}

function string(value: string): Uint8Array {
  const bytes = text(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'utf8');
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
