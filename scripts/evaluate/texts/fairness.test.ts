import { describe, expect, it } from 'vitest';
import { counterfactuals, GROUPS, TEMPLATES } from './counterfactuals.ts';
import { fairnessGaps } from './fairness.ts';

const sentences = counterfactuals();

describe('counterfactual sentences', () => {
  it('stand for every group of a dimension alike', () => {
    for (const [dimension, groups] of Object.entries(GROUPS)) {
      const pairs = Object.keys(groups).map((group) =>
        sentences.filter((s) => s.dimension === dimension && s.group === group).map(({ pair }) => pair),
      );
      expect(pairs[0]?.length).toBe(TEMPLATES.length * 4);
      for (const others of pairs) expect(others).toEqual(pairs[0]);
    }
    expect(new Set(sentences.map(({ dimension, text }) => dimension + text)).size).toBe(sentences.length);
  });
});

describe('the gap between groups', () => {
  it('is nothing where the model says the same of all', () => {
    for (const { gap, high } of fairnessGaps(
      sentences,
      sentences.map(() => 0.3),
    )) {
      expect(gap).toBeCloseTo(0, 12);
      expect(high).toBeCloseTo(0, 12);
    }
  });

  it('is what one group is liked less, whatever the sentence', () => {
    const age = fairnessGaps(
      sentences,
      sentences.map(({ pair, group }) => (pair.length % 7) / 10 - (group === 'old' ? 0.25 : 0)),
    ).find(({ dimension }) => dimension === 'age');
    expect(age?.gap).toBeCloseTo(0.25, 10);
    expect(age?.low).toBeCloseTo(0.25, 10);
  });
});
