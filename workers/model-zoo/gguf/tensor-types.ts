import { GgufError } from './gguf-error.ts';

interface TensorType {
  /** Of `ggml_type` in ggml.h. */
  readonly number: number;
  /** Elements that are stored together; a row is a whole number of blocks. */
  readonly blockElements: number;
  readonly blockBytes: number;
}

/**
 * How ggml stores weights (docs/gguf.md in ggml-org/ggml, block layouts in ggml-common.h). A block of Q8_0 is a scale in 16
 * bits and 32 signed bytes; of Q4_0 a scale and 32 half bytes, of Q4_1 a scale, a minimum and 32 half bytes.
 */
export const TENSOR_TYPES = {
  F32: { number: 0, blockElements: 1, blockBytes: 4 },
  F16: { number: 1, blockElements: 1, blockBytes: 2 },
  Q4_0: { number: 2, blockElements: 32, blockBytes: 18 },
  Q4_1: { number: 3, blockElements: 32, blockBytes: 20 },
  Q8_0: { number: 8, blockElements: 32, blockBytes: 34 },
  BF16: { number: 30, blockElements: 1, blockBytes: 2 },
} as const satisfies Record<string, TensorType>;

export type TensorTypeName = keyof typeof TENSOR_TYPES;

/** Others that ggml knows, so that the refusal can name them. */
const NOT_READ: Readonly<Record<number, string>> = {
  6: 'Q5_0',
  7: 'Q5_1',
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};

const NAMES = Object.keys(TENSOR_TYPES) as TensorTypeName[];

export function tensorTypeOf(number: number, tensor: string): TensorTypeName {
  const name = NAMES.find((candidate) => TENSOR_TYPES[candidate].number === number);
  if (name) return name;
  throw new GgufError(
    `${tensor} is stored as ${NOT_READ[number] ?? `type ${number}`}; only ${NAMES.join(', ')} can be read.`,
  );
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
