import { describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { correlation, ranks, vectorAgreement } from './vector-agreement.ts';

describe('vectorAgreement', () => {
  const random = randomNumbers(7);
  const unit = (values: number[]) => Float32Array.from(values, (value) => value / Math.hypot(...values));
  const raw = Array.from({ length: 200 }, () => Array.from({ length: 8 }, () => random() - 0.5));
  const vectors = raw.map(unit);

  it('is whole of the same vectors', () => {
    const { cosine, cosineOfWorst, rankCorrelation, neighbours } = vectorAgreement(vectors, vectors);
    for (const value of [cosine, cosineOfWorst, rankCorrelation, neighbours]) expect(value).toBeCloseTo(1, 6);
  });

  it('falls with what is added, and most for the neighbours', () => {
    const near = vectorAgreement(
      raw.map((values) => unit(values.map((value) => value + 0.1 * (random() - 0.5)))),
      vectors,
    );
    expect(near.cosine).toBeLessThan(0.9999);
    expect(near.cosine).toBeGreaterThan(0.98);
    expect(near.neighbours).toBeLessThan(near.rankCorrelation);
  });
});

describe('ranks', () => {
  it('gives equal values the mean of their places', () => {
    expect(ranks([30, 10, 20, 10])).toEqual([3, 0.5, 2, 0.5]);
  });

  it('makes Spearman’s correlation of Pearson’s', () => {
    expect(correlation(ranks([1, 2, 3, 100]), ranks([2, 4, 8, 9]))).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  });
});
