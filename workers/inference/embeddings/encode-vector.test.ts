import { describe, expect, it } from 'vitest';
import { encodeVector } from './encode-vector.ts';

/** Every scale that a vector of length 1 has, and the ends of what 32 bits hold. */
const vector = Float32Array.from([
  0,
  1,
  -1,
  1 / 3,
  1e-45,
  3.4028234663852886e38,
  ...Array.from({ length: 1_000 }, (_, at) => Math.sin(at) * 10 ** -(at % 12)),
]);

describe('encodeVector', () => {
  it('writes numbers that are the very floats, also once they are JSON', () => {
    const numbers = encodeVector(vector, 'float') as number[];
    expect(Float32Array.from(JSON.parse(JSON.stringify(numbers)))).toEqual(vector);
  });

  it('writes bytes that are the very floats, the lowest byte first', () => {
    const bytes = Buffer.from(encodeVector(vector, 'base64') as string, 'base64');
    expect(bytes).toHaveLength(4 * vector.length);
    expect(Float32Array.from(vector, (_, at) => bytes.readFloatLE(4 * at))).toEqual(vector);
    expect([...bytes.subarray(4, 8)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it('writes the part of a larger buffer that it is given', () => {
    const part = vector.subarray(3, 5);
    expect(encodeVector(part, 'base64')).toBe(encodeVector(part.slice(), 'base64'));
  });
});
