import { GgufError } from './gguf-error.ts';

interface TensorType {
  /** Of `ggml_type` in ggml.h. */
  readonly number: number;
  /** Elements that are stored together; a row is a whole number of blocks. */
  readonly blockElements: number;
  readonly blockBytes: number;
}

/**
 * How ggml stores weights (docs/gguf.md in ggml-org/ggml, block layouts in ggml-common.h, as GGML_QUANT_SIZES of its Python
 * package sums them up). A block of Q8_0 is a scale in 16 bits and 32 signed bytes; of Q4_0 a scale and 32 half bytes, of
 * Q4_1 a scale, a minimum and 32 half bytes.
 */
export const TENSOR_TYPES = {
  F32: { number: 0, blockElements: 1, blockBytes: 4 },
  F16: { number: 1, blockElements: 1, blockBytes: 2 },
  Q4_0: { number: 2, blockElements: 32, blockBytes: 18 },
  Q4_1: { number: 3, blockElements: 32, blockBytes: 20 },
  Q8_0: { number: 8, blockElements: 32, blockBytes: 34 },
  BF16: { number: 30, blockElements: 1, blockBytes: 2 },
  // Their sizes are known, so that a file with them is checked; what they stand for is llama.cpp's to say.
  Q5_0: { number: 6, blockElements: 32, blockBytes: 22 },
  Q5_1: { number: 7, blockElements: 32, blockBytes: 24 },
  Q2_K: { number: 10, blockElements: 256, blockBytes: 84 },
  Q3_K: { number: 11, blockElements: 256, blockBytes: 110 },
  Q4_K: { number: 12, blockElements: 256, blockBytes: 144 },
  Q5_K: { number: 13, blockElements: 256, blockBytes: 176 },
  Q6_K: { number: 14, blockElements: 256, blockBytes: 210 },
  IQ2_XXS: { number: 16, blockElements: 256, blockBytes: 66 },
  IQ2_XS: { number: 17, blockElements: 256, blockBytes: 74 },
  IQ3_XXS: { number: 18, blockElements: 256, blockBytes: 98 },
  IQ1_S: { number: 19, blockElements: 256, blockBytes: 50 },
  IQ4_NL: { number: 20, blockElements: 32, blockBytes: 18 },
  IQ3_S: { number: 21, blockElements: 256, blockBytes: 110 },
  IQ2_S: { number: 22, blockElements: 256, blockBytes: 82 },
  IQ4_XS: { number: 23, blockElements: 256, blockBytes: 136 },
  I8: { number: 24, blockElements: 1, blockBytes: 1 },
  I16: { number: 25, blockElements: 1, blockBytes: 2 },
  I32: { number: 26, blockElements: 1, blockBytes: 4 },
  I64: { number: 27, blockElements: 1, blockBytes: 8 },
  F64: { number: 28, blockElements: 1, blockBytes: 8 },
  IQ1_M: { number: 29, blockElements: 256, blockBytes: 56 },
  TQ1_0: { number: 34, blockElements: 256, blockBytes: 54 },
  TQ2_0: { number: 35, blockElements: 256, blockBytes: 66 },
  MXFP4: { number: 39, blockElements: 32, blockBytes: 17 },
  NVFP4: { number: 40, blockElements: 64, blockBytes: 36 },
} as const satisfies Record<string, TensorType>;

export type TensorTypeName = keyof typeof TENSOR_TYPES;

/** Those that are dequantised here. */
export const READ_TYPES = ['F32', 'F16', 'BF16', 'Q4_0', 'Q4_1', 'Q8_0'] as const satisfies TensorTypeName[];
export type ReadType = (typeof READ_TYPES)[number];

const NAMES = Object.keys(TENSOR_TYPES) as TensorTypeName[];

export function tensorTypeOf(number: number, tensor: string): TensorTypeName {
  const name = NAMES.find((candidate) => TENSOR_TYPES[candidate].number === number);
  if (name) return name;
  throw new GgufError(`${tensor} is stored as type ${number}, which is not known.`);
}

export function expectReadType(type: TensorTypeName, tensor: string): ReadType {
  const read = READ_TYPES.find((candidate) => candidate === type);
  if (read) return read;
  throw new GgufError(`${tensor} is stored as ${type}; only ${READ_TYPES.join(', ')} can be read.`);
}

/** `shape` has the longest-strided axis first, as everywhere here: rows, then columns. */
export function storedBytes(type: TensorTypeName, shape: readonly number[], tensor: string): number {
  const { blockElements, blockBytes } = TENSOR_TYPES[type];
  const width = shape.at(-1) ?? 1;
  if (width % blockElements !== 0) {
    throw new GgufError(`${tensor}: rows of ${width} are no whole number of ${type}'s ${blockElements}.`);
  }
  return (shape.reduce((product, size) => product * size, 1) / blockElements) * blockBytes;
}
