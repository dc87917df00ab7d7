import { bfloatToSingle, halfToSingle } from '../half-to-single.ts';
import { GgufError } from './gguf-error.ts';
import { expectReadType, type ReadType, TENSOR_TYPES, type TensorTypeName } from './tensor-types.ts';

const HALF_BLOCK = 16;

/**
 * What the stored bytes stand for, as the `dequantize_row_*` functions of ggml-quants.c compute it: in 32-bit floats. In a
 * block of half bytes the lower ones are its first half, the upper ones its second.
 */
export function dequantize(name: string, type: TensorTypeName, bytes: Uint8Array): Float32Array {
  return expectFinite(name, valuesOf(expectReadType(type, name), bytes));
}

function valuesOf(type: ReadType, bytes: Uint8Array): Float32Array {
  const elements = bytes.byteLength / TENSOR_TYPES[type].blockBytes;
  switch (type) {
    case 'F32':
      return new Float32Array(bytes.buffer, bytes.byteOffset, elements);
    case 'F16':
      return Float32Array.from(new Uint16Array(bytes.buffer, bytes.byteOffset, elements), halfToSingle);
    case 'BF16':
      return bfloatToSingle(new Uint16Array(bytes.buffer, bytes.byteOffset, elements));
    case 'Q4_0':
      return byBlock(type, bytes, (view, start, values, at) => {
        const scale = halfToSingle(view.getUint16(start, true));
        for (let index = 0; index < HALF_BLOCK; index++) {
          const pair = view.getUint8(start + 2 + index);
          values[at + index] = scale * ((pair & 15) - 8);
          values[at + HALF_BLOCK + index] = scale * ((pair >> 4) - 8);
        }
      });
    case 'Q4_1':
      return byBlock(type, bytes, (view, start, values, at) => {
        const scale = halfToSingle(view.getUint16(start, true));
        const least = halfToSingle(view.getUint16(start + 2, true));
        for (let index = 0; index < HALF_BLOCK; index++) {
          const pair = view.getUint8(start + 4 + index);
          values[at + index] = Math.fround(scale * (pair & 15)) + least;
          values[at + HALF_BLOCK + index] = Math.fround(scale * (pair >> 4)) + least;
        }
      });
    case 'Q8_0':
      return byBlock(type, bytes, (view, start, values, at) => {
        const scale = halfToSingle(view.getUint16(start, true));
        for (let index = 0; index < 2 * HALF_BLOCK; index++) {
          values[at + index] = scale * view.getInt8(start + 2 + index);
        }
      });
  }
}

function byBlock(
  type: ReadType,
  bytes: Uint8Array,
  readBlock: (view: DataView, start: number, values: Float32Array, at: number) => void,
): Float32Array {
  const { blockBytes, blockElements } = TENSOR_TYPES[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks = bytes.byteLength / blockBytes;
  const values = new Float32Array(blocks * blockElements);
  for (let block = 0; block < blocks; block++) {
    readBlock(view, block * blockBytes, values, block * blockElements);
  }
  return values;
}

function expectFinite(name: string, values: Float32Array): Float32Array {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new GgufError(`${name}: element ${bad} is ${values[bad]}.`);
  return values;
}
