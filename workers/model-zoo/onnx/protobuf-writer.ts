/**
 * The part of protobuf's wire format that ONNX files and TensorBoard's events need (https://protobuf.dev/programming-guides/encoding).
 * A writer of our own, since neither schema changes and a library would copy the weights several times.
 */
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

export type Message = readonly Uint8Array[];

export function integer(field: number, value: number | bigint): Message {
  return [varint((field << 3) | VARINT), varint(value)];
}

export function float(field: number, value: number): Message {
  return [varint((field << 3) | FIXED_32), new Uint8Array(new Float32Array([value]).buffer)];
}

export function double(field: number, value: number): Message {
  return [varint((field << 3) | FIXED_64), new Uint8Array(new Float64Array([value]).buffer)];
}

export function packedDoubles(field: number, values: readonly number[]): Message {
  return bytes(field, new Uint8Array(Float64Array.from(values).buffer));
}

export function text(field: number, value: string): Message {
  return bytes(field, new TextEncoder().encode(value));
}

export function bytes(field: number, value: Uint8Array): Message {
  return [varint((field << 3) | LENGTH_DELIMITED), varint(value.byteLength), value];
}

export function message(field: number, ...fields: readonly Message[]): Message {
  const parts = fields.flat();
  return [varint((field << 3) | LENGTH_DELIMITED), varint(byteLength(parts)), ...parts];
}

export function packed(field: number, values: readonly (number | bigint)[]): Message {
  return message(field, values.map(varint));
}

export function join(parts: Message): Uint8Array {
  const joined = new Uint8Array(byteLength(parts));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.byteLength;
  }
  return joined;
}

function byteLength(parts: Message): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

/** Negative numbers are written as 64-bit two's complement, as protobuf does for int64. */
function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const encoded: number[] = [];
  while (rest > 0x7fn) {
    encoded.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  encoded.push(Number(rest));
  return Uint8Array.from(encoded);
}
