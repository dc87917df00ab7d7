/** Numbers of `gguf_metadata_value_type` (docs/gguf.md in ggml-org/ggml). */
export const VALUE_TYPES = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;

export type ValueType = keyof typeof VALUE_TYPES;
export type ScalarType = Exclude<ValueType, 'array'>;
export type Scalar = number | bigint | boolean | string;

/** With its type, so that a file is written as it was read. */
export type GgufValue =
  | { readonly type: ScalarType; readonly value: Scalar }
  | { readonly type: 'array'; readonly of: ScalarType; readonly value: readonly Scalar[] };

export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** What each takes in a file at least; a string of no bytes still has its length. */
export const LEAST_BYTES = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  bool: 1,
  string: 8,
  uint64: 8,
  int64: 8,
  float64: 8,
} as const satisfies Record<ScalarType, number>;
