import { singleToHalf } from '../onnx/single-to-half.ts';
import { GgufError } from './gguf-error.ts';
import { TENSOR_TYPES } from './tensor-types.ts';

/** What can be written. */
export type WrittenType = 'F32' | 'F16' | 'Q8_0' | 'Q4_0';

const HALF_BLOCK = 16;

/**
 * The bytes that ggml's reference quantisers make (`quantize_row_*_ref` in ggml-quants.c), to the last bit: all arithmetic in
 * 32-bit floats, and the numbers are divided by the scale before it is rounded to 16 bits.
 */
export function quantize(name: string, type: WrittenType, values: Float32Array): Uint8Array {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new GgufError(`${name}: element ${bad} is ${values[bad]}.`);
  switch (type) {
    case 'F32':
      return bytesOf(values);
    case 'F16':
      return bytesOf(halvesOf(name, type, values));
    case 'Q8_0':
      return byBlock(name, type, values, quantizeBlock8);
    case 'Q4_0':
      return byBlock(name, type, values, quantizeBlock4);
  }
}

function halvesOf(name: string, type: WrittenType, values: Float32Array): Uint16Array {
  const halves = singleToHalf(values);
  if (halves.some((half) => (half & 0x7c00) === 0x7c00)) {
    throw new GgufError(`${name} has numbers too large for ${type}.`);
  }
  return halves;
}

/** The largest magnitude becomes 127 or -127; ties are rounded away from zero, as C's roundf does. */
function quantizeBlock8(values: Float32Array, bytes: DataView): number {
  const scale = Math.fround(Math.abs(largest(values)) / 127);
  const inverse = inverseOf(scale);
  for (let index = 0; index < values.length; index++) {
    const scaled = Math.fround((values[index] ?? 0) * inverse);
    bytes.setInt8(2 + index, Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5));
  }
  return scale;
}

/** What has the largest magnitude becomes -8, so the scale has its sign turned. */
function quantizeBlock4(values: Float32Array, bytes: DataView): number {
  const scale = Math.fround(largest(values) / -8);
  const inverse = inverseOf(scale);
  const level = (index: number) => {
    const scaled = Math.fround((values[index] ?? 0) * inverse);
    return Math.min(15, Math.trunc(Math.fround(scaled + 8.5)));
  };
  for (let index = 0; index < HALF_BLOCK; index++) {
    bytes.setUint8(2 + index, level(index) | (level(HALF_BLOCK + index) << 4));
  }
  return scale;
}

/** Where the scale is so small that its inverse overflows, it is zero in 16 bits anyway. */
function inverseOf(scale: number): number {
  const inverse = Math.fround(1 / scale);
  return Number.isFinite(inverse) ? inverse : 0;
}

/** With its sign; the first of several. */
function largest(values: Float32Array): number {
  let found = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(found)) found = value;
  return found;
}

/** `quantizeBlock` writes behind the scale and returns it. */
function byBlock(
  name: string,
  type: WrittenType,
  values: Float32Array,
  quantizeBlock: (values: Float32Array, bytes: DataView) => number,
): Uint8Array {
  const { blockElements, blockBytes } = TENSOR_TYPES[type];
  const blocks = values.length / blockElements;
  const bytes = new Uint8Array(blocks * blockBytes);
  const scales = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const from = values.subarray(block * blockElements, (block + 1) * blockElements);
    scales[block] = quantizeBlock(from, new DataView(bytes.buffer, block * blockBytes, blockBytes));
  }
  const view = new DataView(bytes.buffer);
  halvesOf(name, type, scales).forEach((half, block) => {
    view.setUint16(block * blockBytes, half, true);
  });
  return bytes;
}

function bytesOf(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
