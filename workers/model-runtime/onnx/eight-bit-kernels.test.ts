import { describe, expect, it } from 'vitest';
import { fastKernelsOverflow } from './eight-bit-kernels.ts';

describe('whether fast 8-bit products overflow', () => {
  it.each([
    ['AVX2 alone', 'x64', 'flags : sse4_2 avx2 fma', true],
    ['AVX-512 without VNNI', 'x64', 'flags : avx2 avx512f avx512bw', true],
    ['AVX-512 with VNNI', 'x64', 'flags : avx512f avx512_vnni amx_int8', false],
    ['AVX with VNNI', 'x64', 'flags : avx2 avx_vnni', false],
    ['a processor that says nothing', 'x64', '', true],
    ['ARM', 'arm64', 'Features : fp asimd', false],
  ])('%s', (_, architecture, flags, overflow) => {
    expect(fastKernelsOverflow(architecture, flags)).toBe(overflow);
  });
});
