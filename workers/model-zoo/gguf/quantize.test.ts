import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dequantize } from './dequantize.ts';
import { GgufError } from './gguf-error.ts';
import { quantize, type WrittenType } from './quantize.ts';
import type { ReadType } from './tensor-types.ts';

/** Written by scripts/models/make-gguf-reference.py. */
interface Reference {
  readonly values: string;
  readonly types: Readonly<Record<ReadType, { readonly stored: string; readonly values: string }>>;
}

const reference: Reference = JSON.parse(
  readFileSync(new URL('fixtures/reference.json', import.meta.url), 'utf8'),
);
const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const floats = (base64: string) => new Float32Array(bytes(base64).buffer);

const WRITTEN: readonly WrittenType[] = ['F32', 'F16', 'Q8_0', 'Q4_0'];
const READ = Object.keys(reference.types) as ReadType[];

describe("ggml's ways of storing numbers", () => {
  it.each(WRITTEN)('writes %s as the reference does, to the last bit', (type) => {
    const stored = quantize('a', type, floats(reference.values));
    expect(Buffer.from(stored).toString('base64')).toBe(reference.types[type].stored);
  });

  it.each(READ)('reads %s as the reference does', (type) => {
    const { stored, values } = reference.types[type];
    expect(dequantize('a', type, bytes(stored))).toEqual(floats(values));
  });

  it('takes a block whose scale is too small for an inverse as zeros', () => {
    const tiny = new Float32Array(32).fill(1e-44);
    expect(dequantize('a', 'Q8_0', quantize('a', 'Q8_0', tiny))).toEqual(new Float32Array(32));
  });

  it.each([
    ['F16', 65_520],
    ['Q8_0', 65_520 * 127],
    ['Q4_0', 65_520 * 8],
  ] as const)('refuses numbers that %s cannot hold', (type, value) => {
    const values = new Float32Array(32).fill(value);
    expect(() => quantize('a', type, values)).toThrow(`a has numbers too large for ${type}.`);
  });

  it('names the tensor and element that is not a number, either way', () => {
    const bad = new Float32Array(32);
    bad[3] = Number.NaN;
    expect(() => quantize('a', 'Q4_0', bad)).toThrow('a: element 3 is NaN.');
    const infinite = new Uint8Array(18);
    infinite.set([0x00, 0x7c]);
    expect(() => dequantize('a', 'Q4_0', infinite)).toThrow(GgufError);
  });
});
