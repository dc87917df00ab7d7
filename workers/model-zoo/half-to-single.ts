/** IEEE 754 binary16 to binary32, which holds every value of it. */
export function halfToSingle(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a binary32. */
export function bfloatToSingle(values: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(values, (value) => value << 16).buffer);
}
