/** IEEE 754 binary32 to binary16, rounded to nearest, ties to even; too large becomes infinite. */
export function singleToHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, half);
}

function half(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const exponent = ((single >>> 23) & 0xff) - 127;
  const fraction = single & 0x7fffff;
  if (exponent === 128) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  if (exponent > 15) return sign | 0x7c00;
  if (exponent >= -14) return sign | rounded(((exponent + 15) << 23) | fraction, 13);
  if (exponent < -25) return sign;
  return sign | rounded(fraction | 0x800000, -exponent - 1);
}

/** Drops the last bits. A carry runs over into the exponent, which is right. */
function rounded(value: number, bits: number): number {
  const kept = value >>> bits;
  const rest = value & ((1 << bits) - 1);
  const middle = 1 << (bits - 1);
  return rest > middle || (rest === middle && kept & 1) ? kept + 1 : kept;
}
