import { describe, expect, it } from 'vitest';
import { readSafetensors, SafetensorsError, writeSafetensors } from './safetensors.ts';
import { checkpointWeights } from './weights.ts';

const good = () =>
  writeSafetensors(
    [
      ['bytes', { shape: [3], data: Int8Array.of(-1, 0, 1) }],
      ['matrix', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
      ['ids', { shape: [1], data: BigInt64Array.of(9n) }],
    ],
    { base: 'digest' },
  );

/** A file with this header and that many bytes of zeros behind it. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (over: object = {}) => ({ dtype: 'F32', shape: [2], data_offsets: [0, 8], ...over });

describe('safetensors', () => {
  it('reads what it wrote, from a Buffer inside a larger one as well', () => {
    const pool = Buffer.concat([Buffer.alloc(5), good()]);
    const { tensors, metadata } = readSafetensors(pool.subarray(5));
    expect(metadata).toEqual({ base: 'digest' });
    expect(tensors.get('matrix')).toEqual({ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
    expect(tensors.get('bytes')?.data).toEqual(Int8Array.of(-1, 0, 1));
    expect(tensors.get('ids')?.data).toEqual(BigInt64Array.of(9n));
  });

  it('reads half and brain floats', () => {
    const half = file({ a: { dtype: 'F16', shape: [2], data_offsets: [0, 4] } }, 4);
    new DataView(half.buffer).setUint16(half.length - 4, 0x3c00, true);
    new DataView(half.buffer).setUint16(half.length - 2, 0xc100, true);
    expect(readSafetensors(half).tensors.get('a')?.data).toEqual(Float32Array.of(1, -2.5));
    const brain = file({ a: { dtype: 'BF16', shape: [1], data_offsets: [0, 2] } }, 2);
    new DataView(brain.buffer).setUint16(brain.length - 2, 0xc020, true);
    expect(readSafetensors(brain).tensors.get('a')?.data).toEqual(Float32Array.of(-2.5));
  });

  it.each([
    ['an empty file', new Uint8Array(0)],
    ['a header longer than the file', file({}, 0).with(0, 255)],
    ['a header of exabytes', new Uint8Array(16).fill(0x7f)],
    ['a header that is not JSON', file('{"a":', 0)],
    ['a header that is no object', file('[]', 0)],
    ['a header that is not UTF-8', file('{"a"}', 0).with(9, 0xff)],
    ['data cut short', good().subarray(0, good().length - 1)],
    ['bytes after the end', Buffer.concat([good(), Buffer.alloc(1)])],
    ['a shape that does not fit its bytes', file({ a: entry({ shape: [3] }) }, 8)],
    ['a shape that overflows', file({ a: entry({ shape: [2 ** 40, 2 ** 40] }) }, 8)],
    ['a negative dimension', file({ a: entry({ shape: [-2] }) }, 8)],
    ['offsets outside of the file', file({ a: entry({ data_offsets: [8, 16] }) }, 8)],
    ['offsets in reverse', file({ a: entry({ data_offsets: [8, 0] }) }, 8)],
    ['two tensors over the same bytes', file({ a: entry(), b: entry() }, 8)],
    ['a hole between tensors', file({ a: entry(), b: entry({ data_offsets: [12, 20] }) }, 20)],
    ['an unknown type', file({ a: entry({ dtype: 'F4' }) }, 8)],
    ['a type named like a property of every object', file({ a: entry({ dtype: 'constructor' }) }, 8)],
    ['an entry that is a string', file({ a: 'F32' }, 0)],
    ['metadata that is not of strings', file({ __metadata__: { a: 1 } }, 0)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
  });

  it('names the tensor and element that is not a number', () => {
    const bytes = file({ a: entry() }, 8);
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, Number.NaN, true);
    expect(() => readSafetensors(bytes)).toThrow('a: element 1 is NaN.');
    const infinite = { shape: [1], data: Float32Array.of(Number.POSITIVE_INFINITY) };
    expect(() => writeSafetensors([['b', infinite]])).toThrow('b: element 0 is Infinity.');
  });

  it('refuses to write a shape that does not fit', () => {
    expect(() => writeSafetensors([['a', { shape: [3], data: Float32Array.of(1) }]])).toThrow(
      SafetensorsError,
    );
  });

  it('says which weight is missing or of another shape', () => {
    const weights = checkpointWeights(readSafetensors(good()));
    expect(() => weights('absent', [1])).toThrow('The checkpoint has no absent.');
    expect(() => weights('matrix', [4])).toThrow('matrix has the shape [2,2]; the model needs [4].');
    expect(() => weights('bytes', [3])).toThrow('bytes holds no floats.');
  });
});
