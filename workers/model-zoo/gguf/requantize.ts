import type { GgufMetadata, GgufValue } from './metadata.ts';
import { quantize, type WrittenType } from './quantize.ts';
import type { Gguf, GgufTensor } from './read-gguf.ts';
import { TENSOR_TYPES } from './tensor-types.ts';
import type { TensorToWrite } from './write-gguf.ts';

export interface Requantized {
  readonly metadata: GgufMetadata;
  readonly tensors: readonly TensorToWrite[];
}

/** Of `llama_ftype` in llama.h: what most tensors are. */
const FILE_TYPES = { F32: 0, F16: 1, Q4_0: 2, Q8_0: 7 } as const satisfies Record<WrittenType, number>;
/** Of the layouts of blocks: `GGML_QNT_VERSION` in ggml.h. */
const QUANTIZATION_VERSION = 2;

/**
 * The model with its weights stored as `type`. Vectors stay 32-bit floats. Embeddings and output weights, which 4 bits harm
 * most, are kept in 8, as llama-quantize keeps them where rows are no multiple of 256 long (else it takes Q6_K). A tensor that is of its type already is copied, not rounded again.
 */
export function requantize(gguf: Gguf, type: WrittenType): Requantized {
  const metadata = new Map<string, GgufValue>(gguf.metadata);
  metadata.set('general.file_type', { type: 'uint32', value: FILE_TYPES[type] });
  metadata.set('general.quantization_version', { type: 'uint32', value: QUANTIZATION_VERSION });
  return { metadata, tensors: [...gguf.tensors.values()].map((tensor) => converted(tensor, type)) };
}

function converted(tensor: GgufTensor, wanted: WrittenType): TensorToWrite {
  const { name, shape } = tensor;
  const type = typeFor(tensor, wanted);
  if (type === tensor.type) return { name, shape, type, bytes: () => tensor.bytes() };
  return { name, shape, type, bytes: () => quantize(name, type, tensor.values()) };
}

function typeFor({ name, shape }: GgufTensor, wanted: WrittenType): WrittenType {
  if (shape.length === 1) return 'F32';
  const width = shape.at(-1) ?? 1;
  if (width % TENSOR_TYPES[wanted].blockElements !== 0) return 'F16';
  if (wanted === 'Q4_0' && (name === 'token_embd.weight' || name === 'output.weight')) return 'Q8_0';
  return wanted;
}
