import { bfloatToSingle, halfToSingle } from './half-to-single.ts';

/**
 * Reader and writer of the safetensors format (https://github.com/huggingface/safetensors): eight bytes of header
 * length, a JSON header, the tensors. A file comes from outside, so every length is checked before it is believed.
 */
export type TensorData = Float32Array | Int32Array | Uint8Array | Int8Array | BigInt64Array;

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}

/** What the reference implementation allows as well. */
const HEADER_BYTES_MAX = 100_000_000;
const LENGTH_BYTES = 8;
const RANK_MAX = 16;

const BYTES_PER_ELEMENT = { F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I8: 1, U8: 1 } as const;
type StoredType = keyof typeof BYTES_PER_ELEMENT;

export function readSafetensors(file: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(file);
  const tensors = new Map<string, StoredTensor>();
  let metadata: Record<string, string> = {};
  const ranges: [start: number, end: number][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = parseMetadata(entry);
      continue;
    }
    const { type, shape, start, end } = parseEntry(name, entry, file.byteLength - dataStart);
    ranges.push([start, end]);
    // A copy, aligned to its own buffer. Not `file.slice`: on a Buffer that is a view of the same memory.
    const bytes = new Uint8Array(file.subarray(dataStart + start, dataStart + end));
    tensors.set(name, { shape, data: decode(name, type, bytes) });
  }
  expectContiguous(ranges, file.byteLength - dataStart);
  return { tensors, metadata };
}

function readHeader(file: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (file.byteLength < LENGTH_BYTES)
    throw new SafetensorsError('The file is shorter than its first eight bytes.');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > HEADER_BYTES_MAX) throw new SafetensorsError(`The header claims ${length} bytes.`);
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > file.byteLength) {
    throw new SafetensorsError(`The file is cut short: its header needs ${length} bytes.`);
  }
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(LENGTH_BYTES, dataStart)),
    );
  } catch (cause) {
    throw new SafetensorsError('The header is not JSON.', { cause });
  }
  if (!isRecord(header)) throw new SafetensorsError('The header is not a JSON object.');
  return { header, dataStart };
}

function parseMetadata(entry: unknown): Record<string, string> {
  if (!isRecord(entry) || Object.values(entry).some((value) => typeof value !== 'string')) {
    throw new SafetensorsError('__metadata__ is not an object of strings.');
  }
  return entry as Record<string, string>;
}

function parseEntry(name: string, entry: unknown, dataBytes: number) {
  if (!isRecord(entry)) throw new SafetensorsError(`${name}: its entry is not an object.`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES_PER_ELEMENT, dtype)) {
    throw new SafetensorsError(`${name}: type ${JSON.stringify(dtype)} is not supported.`);
  }
  const type = dtype as StoredType;
  if (!isNaturals(shape) || shape.length > RANK_MAX)
    throw new SafetensorsError(`${name}: its shape is invalid.`);
  if (!isNaturals(offsets) || offsets.length !== 2)
    throw new SafetensorsError(`${name}: its offsets are invalid.`);
  const [start, end] = offsets as [number, number];
  if (start > end || end > dataBytes) {
    throw new SafetensorsError(
      `${name}: the file is cut short: bytes ${start} to ${end} of ${dataBytes} are claimed.`,
    );
  }
  const bytes = shape.reduce((product, size) => product * size, BYTES_PER_ELEMENT[type]);
  if (bytes !== end - start) {
    throw new SafetensorsError(
      `${name}: shape [${shape}] takes ${bytes} bytes, the file has ${end - start}.`,
    );
  }
  return { type, shape, start, end };
}

/** Overlaps and holes are how a file smuggles data or names one region twice; the reference refuses both. */
function expectContiguous(ranges: [number, number][], dataBytes: number) {
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let next = 0;
  for (const [start, end] of ranges) {
    if (start !== next) throw new SafetensorsError(`Tensors overlap or leave a hole at byte ${next}.`);
    next = end;
  }
  if (next !== dataBytes)
    throw new SafetensorsError(`${dataBytes - next} bytes at the end belong to no tensor.`);
}

function decode(name: string, type: StoredType, bytes: Uint8Array): TensorData {
  const elements = bytes.byteLength / BYTES_PER_ELEMENT[type];
  switch (type) {
    case 'F32':
      return expectFinite(name, new Float32Array(bytes.buffer, 0, elements));
    case 'F16':
      return expectFinite(name, Float32Array.from(new Uint16Array(bytes.buffer, 0, elements), halfToSingle));
    case 'BF16':
      return expectFinite(name, bfloatToSingle(new Uint16Array(bytes.buffer, 0, elements)));
    case 'I64':
      return new BigInt64Array(bytes.buffer, 0, elements);
    case 'I32':
      return new Int32Array(bytes.buffer, 0, elements);
    case 'I8':
      return new Int8Array(bytes.buffer, 0, elements);
    case 'U8':
      return bytes;
  }
}

function expectFinite(name: string, values: Float32Array): Float32Array {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new SafetensorsError(`${name}: element ${bad} is ${values[bad]}.`);
  return values;
}

export function writeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: StoredTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  const parts: Uint8Array[] = [];
  let offset = 0;
  // Larger elements first: each tensor then lies aligned to its own size, as readers that map the file expect.
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  for (const [name, { shape, data }] of ordered) {
    const elements = shape.reduce((product, size) => product * size, 1);
    if (elements !== data.length) {
      throw new SafetensorsError(`${name}: shape [${shape}] holds ${elements} elements, not ${data.length}.`);
    }
    if (data instanceof Float32Array) expectFinite(name, data);
    header[name] = { dtype: storedType(data), shape, data_offsets: [offset, offset + data.byteLength] };
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.byteLength / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes); // the format pads with spaces
  file.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerBytes;
  for (const part of parts) {
    file.set(part, position);
    position += part.byteLength;
  }
  return file;
}

function storedType(data: TensorData): StoredType {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof BigInt64Array) return 'I64';
  return data instanceof Int8Array ? 'I8' : 'U8';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
