import type { ByteSource } from './byte-source.ts';
import { dequantize } from './dequantize.ts';
import { GgufError } from './gguf-error.ts';
import { type HeaderCursor, headerCursor } from './header-cursor.ts';
import type { GgufMetadata } from './metadata.ts';
import { readMetadata } from './read-metadata.ts';
import { storedBytes, type TensorTypeName, tensorTypeOf } from './tensor-types.ts';

export interface GgufTensor {
  readonly name: string;
  /** Rows, then columns; the file says it the other way round. */
  readonly shape: readonly number[];
  readonly type: TensorTypeName;
  readonly byteLength: number;
  /** As they are stored. */
  bytes(): Uint8Array;
  /** In 32-bit floats, all of them finite. */
  values(): Float32Array;
}

export interface Gguf {
  readonly version: number;
  readonly metadata: GgufMetadata;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

interface Placed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorTypeName;
  /** From the beginning of the tensors' data. */
  readonly offset: number;
}

const MAGIC = 0x46554747; // "GGUF"
const VERSIONS = [2, 3];
const TENSORS_MAX = 65_536;
const AXES_MAX = 4;
const NAME_BYTES_MAX = 256;
const DEFAULT_ALIGNMENT = 32;
const ALIGNMENT_MAX = 65_536;
/** The shortest that a tensor's entry can be: lengths, axes, type and offset. */
const ENTRY_BYTES_MIN = 24;

/**
 * Reads the head of a GGUF file, version 2 or 3 (docs/gguf.md in ggml-org/ggml); tensors are read when they are asked for. A
 * file comes from outside, so every count and length is checked before it is believed.
 */
export function readGguf(source: ByteSource): Gguf {
  const cursor = headerCursor(source);
  const version = readVersion(cursor);
  const tensorCount = cursor.length('The number of tensors');
  if (tensorCount > TENSORS_MAX) throw new GgufError(`The file claims ${tensorCount} tensors.`);
  const metadata = readMetadata(cursor, cursor.length('The number of metadata'));
  cursor.expect(tensorCount * ENTRY_BYTES_MIN, `the list of ${tensorCount} tensors`);
  const placed = Array.from({ length: tensorCount }, () => readEntry(cursor));
  const alignment = alignmentOf(metadata);
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  expectApart(placed, alignment);
  const tensors = new Map<string, GgufTensor>();
  for (const entry of placed) {
    if (tensors.has(entry.name)) throw new GgufError(`${entry.name} is in the file twice.`);
    tensors.set(entry.name, lazyTensor(source, entry, dataStart));
  }
  return { version, metadata, tensors };
}

function readVersion(cursor: HeaderCursor): number {
  if (cursor.uint32() !== MAGIC)
    throw new GgufError('The file is no GGUF file: it does not begin with "GGUF".');
  const version = cursor.uint32();
  if (VERSIONS.includes(version)) return version;
  // Byte order is not said in the file: a small number read the wrong way round is a large one.
  if ((version & 0xffff) === 0) throw new GgufError('The file is big-endian; only little-endian is read.');
  throw new GgufError(`The file is of GGUF's version ${version}; only ${VERSIONS.join(' and ')} are read.`);
}

function readEntry(cursor: HeaderCursor): Placed {
  const name = cursor.string("a tensor's name");
  if (name.length === 0 || name.length > NAME_BYTES_MAX) {
    throw new GgufError(`A tensor has a name of ${name.length} characters.`);
  }
  const axes = cursor.uint32();
  if (axes < 1 || axes > AXES_MAX) throw new GgufError(`${name} claims ${axes} axes.`);
  const shape = Array.from({ length: axes }, () => cursor.length(`An axis of ${name}`)).reverse();
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements < 1 || !Number.isSafeInteger(elements)) {
    throw new GgufError(`${name} claims the shape [${shape}].`);
  }
  const type = tensorTypeOf(cursor.uint32(), name);
  return { name, shape, type, offset: cursor.length(`The offset of ${name}`) };
}

function alignmentOf(metadata: GgufMetadata): number {
  const entry = metadata.get('general.alignment');
  if (!entry) return DEFAULT_ALIGNMENT;
  const { value } = entry;
  if (typeof value !== 'number' || value < 8 || value % 8 !== 0 || value > ALIGNMENT_MAX) {
    throw new GgufError(
      `general.alignment is ${String(value)}, which is no multiple of 8 up to ${ALIGNMENT_MAX}.`,
    );
  }
  return value;
}

/** Two tensors over the same bytes are how a small file claims to be a large model. */
function expectApart(placed: readonly Placed[], alignment: number) {
  let next = 0;
  for (const { name, shape, type, offset } of placed.toSorted((a, b) => a.offset - b.offset)) {
    if (offset % alignment !== 0)
      throw new GgufError(`${name} begins at ${offset}, not at a multiple of ${alignment}.`);
    if (offset < next) throw new GgufError(`${name} overlaps another tensor.`);
    next = offset + storedBytes(type, shape, name);
  }
}

function lazyTensor(
  source: ByteSource,
  { name, shape, type, offset }: Placed,
  dataStart: number,
): GgufTensor {
  const byteLength = storedBytes(type, shape, name);
  const start = dataStart + offset;
  if (start + byteLength > source.byteLength) {
    throw new GgufError(
      `The file is cut short: ${name} ends at byte ${start + byteLength}, the file at ${source.byteLength}.`,
    );
  }
  const bytes = () => source.read(start, start + byteLength);
  return { name, shape, type, byteLength, bytes, values: () => dequantize(name, type, bytes()) };
}
