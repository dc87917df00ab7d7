import { describe, expect, it } from 'vitest';
import { unitLength } from './unit-length.ts';

describe('unitLength', () => {
  it('keeps the direction and makes the length 1', () => {
    expect([...unitLength(Float32Array.of(3, 0, -4))]).toEqual([0.6, 0, -0.8].map(Math.fround));
  });

  it('leaves zeros as they are, instead of making them no numbers', () => {
    expect([...unitLength(new Float32Array(3))]).toEqual([0, 0, 0]);
  });
});
