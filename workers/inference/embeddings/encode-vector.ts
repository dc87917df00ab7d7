import type { EmbeddingOptions } from './embedding-request.ts';

export type VectorFormat = EmbeddingOptions['encoding_format'];

/** As the OpenAI family writes a vector: numbers, or the bytes of 32-bit floats, little-endian whatever the machine. */
export function encodeVector(vector: Float32Array, format: VectorFormat): number[] | string {
  if (format === 'float') return Array.from(vector);
  const bytes = Buffer.allocUnsafe(vector.length * Float32Array.BYTES_PER_ELEMENT);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * Float32Array.BYTES_PER_ELEMENT));
  return bytes.toString('base64');
}
