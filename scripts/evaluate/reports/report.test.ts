import { describe, expect, it } from 'vitest';
import { accuracy, bootstrap, type Measure } from '../measures/measures.ts';
import { rocAuc } from '../measures/roc-auc.ts';
import { reportOf } from './report.ts';

const LABELS = ['negative', 'neutral', 'positive'];
const judged = (label: number, given: number, share = 0.8) => ({
  label,
  scores: LABELS.map((_, index) => (index === given ? share : (1 - share) / 2)),
});

describe('a report', () => {
  // What scikit-learn's classification_report gives for the same labels.
  const rows = [
    judged(0, 0),
    judged(0, 0),
    judged(0, 1),
    judged(1, 1),
    judged(1, 2),
    judged(2, 2),
    judged(2, 2),
  ];
  const report = reportOf(rows, LABELS);

  it('counts what was right against what was given', () => {
    expect(report.confusion).toEqual([
      [2, 1, 0],
      [0, 1, 1],
      [0, 0, 2],
    ]);
    expect(report.accuracy).toBeCloseTo(5 / 7, 12);
  });

  it('gives precision, recall and F1 by class, and their means', () => {
    expect(report.classes.negative).toMatchObject({ n: 3, precision: 1, recall: 2 / 3, f1: 0.8 });
    expect(report.classes.neutral).toMatchObject({ precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(report.classes.positive?.f1).toBeCloseTo(0.8, 12);
    expect(report.macroF1).toBeCloseTo(0.7, 12);
    expect(report.macroRecall).toBeCloseTo((2 / 3 + 0.5 + 1) / 3, 12);
  });

  it('counts a class that is never given as a precision of 0 in the mean, as scikit-learn does', () => {
    const never = reportOf([judged(0, 0), judged(0, 0), judged(2, 0), judged(2, 0)], LABELS);
    expect(never.classes.positive?.precision).toBeNull();
    expect(never.macroPrecision).toBe(0.25);
  });

  it('leaves a class that does not occur out of the means', () => {
    const two = reportOf([judged(0, 0), judged(2, 0)], LABELS);
    expect(two.macroRecall).toBe(0.5);
    expect(two.classes.neutral).toMatchObject({ n: 0, recall: null, precision: null });
    expect(JSON.stringify(two)).not.toContain('NaN');
  });

  it('has the intervals of the bootstrap over whole rows, by counting alone', () => {
    const many = Array.from({ length: 60 }, (_, row) => judged(row % 3, row % 7 === 0 ? 0 : (row % 5) % 3));
    const { intervals } = reportOf(many, LABELS);
    const byRows = (measure: Measure) => {
      const { low, high } = bootstrap(many, measure);
      return [low, high];
    };
    expect(intervals.accuracy).toEqual(byRows(accuracy));
    expect(intervals.macroF1).toEqual(byRows((rows) => reportOf(rows, LABELS).macroF1));
  });

  it('has no two-class accuracy for other labels', () => {
    expect(reportOf(rows, ['a', 'b', 'c']).accuracyTwoClass).toBeNull();
    const three = [judged(0, 0), judged(0, 2), judged(1, 2), judged(2, 2)];
    expect(reportOf(three, LABELS).accuracyTwoClass).toBeCloseTo(2 / 3, 12);
  });
});

describe('the area under the ROC curve', () => {
  it('is 1 in perfect order, 0.5 where all tie, and counts pairs', () => {
    expect(rocAuc([0.1, 0.2, 0.8, 0.9], [false, false, true, true])).toBe(1);
    expect(rocAuc([0.5, 0.5, 0.5], [true, false, true])).toBe(0.5);
    expect(rocAuc([0.1, 0.4, 0.35, 0.8], [false, false, true, true])).toBe(0.75);
  });

  it('ends where a score is no number', () => {
    expect(rocAuc([Number.NaN, 0.5, Number.NaN], [true, false, false])).toBeGreaterThanOrEqual(0);
  });
});
