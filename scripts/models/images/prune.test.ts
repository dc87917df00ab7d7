import { describe, expect, it } from 'vitest';
import { pruneSmallest } from './prune.ts';

describe('magnitude pruning', () => {
  it('takes the smallest filters of all layers together, and nothing else', () => {
    const weights = new Map([
      ['a.conv.weight', { shape: [4], data: Float32Array.of(0.1, -5, 0.2, 3) }],
      ['b.conv.weight', { shape: [4], data: Float32Array.of(-0.3, 0.4, 7, -8) }],
      ['b.norm.weight', { shape: [1], data: Float32Array.of(0.01) }],
      ['classifier.weight', { shape: [1], data: Float32Array.of(0.001) }],
    ]);
    const pruned = pruneSmallest(weights, 0.5);
    expect([...(pruned.get('a.conv.weight')?.data ?? [])]).toEqual([0, -5, 0, 3]);
    expect([...(pruned.get('b.conv.weight')?.data ?? [])]).toEqual([0, 0, 7, -8]);
    expect(pruned.get('b.norm.weight')).toBe(weights.get('b.norm.weight'));
    expect(pruned.get('classifier.weight')).toBe(weights.get('classifier.weight'));
    expect(weights.get('a.conv.weight')?.data[0]).toBeCloseTo(0.1);
  });
});
