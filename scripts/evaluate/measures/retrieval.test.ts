import { describe, expect, it } from 'vitest';
import { bm25, retrieve } from './retrieval.ts';

describe('retrieve', () => {
  it('counts who comes first and who is among ten, ties against the right one', () => {
    const always = retrieve(20, (query, candidate) => (query === candidate ? 1 : 0));
    expect([always.first.value, always.amongTen.value]).toEqual([1, 1]);
    const tied = retrieve(20, () => 1);
    expect([tied.first.value, tied.amongTen.value]).toEqual([0, 0]);
    const half = retrieve(20, (query, candidate) => (candidate === (query < 10 ? query : 0) ? 1 : 0));
    expect(half.first.value).toBe(0.5);
  });
});

describe('bm25', () => {
  const texts = ['the cat sat on the mat', 'the dog lay on the rug', 'the the the the'];

  it('finds by rare words, not by common ones', () => {
    const alike = bm25(['The cat!', 'the rug'], texts);
    expect(alike(0, 0)).toBeGreaterThan(alike(0, 2));
    expect(alike(1, 1)).toBeGreaterThan(alike(1, 0));
    expect(alike(1, 1)).toBeGreaterThan(alike(1, 2));
  });
});
