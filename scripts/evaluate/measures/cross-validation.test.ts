import { describe, expect, it } from 'vitest';
import { crossValidate, stratifiedFolds } from './cross-validation.ts';

const rows = Array.from({ length: 103 }, (_, index) => ({ label: index % 5 === 0 ? 1 : 0, id: index }));

describe('cross-validation', () => {
  const folds = stratifiedFolds(rows, 5, 1);

  it('puts every row in one fold, and as many of each label in all', () => {
    expect(folds.flat().sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
    for (const fold of folds) {
      const ones = fold.filter((row) => rows[row]?.label === 1).length;
      expect(ones).toBeGreaterThanOrEqual(4);
      expect(ones).toBeLessThanOrEqual(5);
    }
  });

  it('leaves no fold without a row, however few there are of a label', () => {
    const few = [0, 0, 1, 1, 2].map((label) => ({ label }));
    for (const count of [2, 3, 4, 5]) {
      const sizes = stratifiedFolds(few, count, 1).map(({ length }) => length);
      expect(Math.min(...sizes)).toBe(Math.floor(5 / count));
      expect(Math.max(...sizes)).toBe(Math.ceil(5 / count));
    }
  });

  it('never judges a row by a model that has seen it', () => {
    let judgedRows = 0;
    crossValidate(rows, folds, (seen) => (row) => {
      expect(seen).not.toContain(row);
      judgedRows++;
      return [1, 0];
    });
    expect(judgedRows).toBe(rows.length);
  });
});
