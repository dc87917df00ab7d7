import { describe, expect, it } from 'vitest';
import { float, integer, join, message, packed, text } from './protobuf-writer.ts';

const hex = (parts: readonly Uint8Array[]) => Buffer.from(join(parts)).toString('hex');

/** The bytes are the examples of protobuf's own description of its encoding. */
describe('the protobuf writer', () => {
  it('writes a small integer', () => expect(hex(integer(1, 150))).toBe('089601'));
  it('writes a negative integer in ten bytes', () =>
    expect(hex(integer(1, -2))).toBe('08feffffffffffffffff01'));
  it('writes a text', () => expect(hex(text(2, 'testing'))).toBe('120774657374696e67'));
  it('writes a message inside a message', () => expect(hex(message(3, integer(1, 150)))).toBe('1a03089601'));
  it('packs repeated integers', () => expect(hex(packed(6, [3, 270, 86942]))).toBe('3206038e029ea705'));
  it('writes a float in four bytes', () => expect(hex(float(1, 1))).toBe('0d0000803f'));
  it('writes field numbers above 15 in two bytes', () => expect(hex(integer(20, 1))).toBe('a00101'));
});
