import { describe, expect, it } from 'vitest';
import {
  accuracy,
  accuracyTwoClass,
  bootstrap,
  bootstrapDifference,
  equalMassBins,
  expectedCalibrationError,
  macroRecall,
} from './measures.ts';

const sure = (label: number, given: number, share = 0.8) => ({
  label,
  scores: [0, 1, 2].map((index) => (index === given ? share : (1 - share) / 2)),
});

describe('the measures', () => {
  it('counts each label the same in macro recall, each row the same in accuracy', () => {
    const rows = [sure(0, 0), sure(0, 0), sure(0, 0), sure(1, 0)];
    expect(accuracy(rows)).toBe(0.75);
    expect(macroRecall(rows)).toBe(0.5);
  });

  it('leaves neutral out on both sides in the accuracy of two classes', () => {
    const leansPositive = { label: 2, scores: [0.1, 0.7, 0.2] };
    expect(accuracyTwoClass([leansPositive, sure(1, 0), sure(0, 2)])).toBe(0.5);
  });

  it('has no calibration error when confidence equals accuracy', () => {
    const rows = Array.from({ length: 100 }, (_, index) => sure(0, index < 80 ? 0 : 1));
    expect(expectedCalibrationError(rows, 1)).toBeCloseTo(0, 10);
    expect(expectedCalibrationError(rows.slice(0, 80), 1)).toBeCloseTo(0.2, 10);
  });

  it('cuts bins of equal mass by confidence', () => {
    const rows = [0.9, 0.5, 0.7, 0.6].map((share) => sure(0, 0, share));
    expect(equalMassBins(rows, 2).map((bin) => bin.map(({ scores }) => scores[0]))).toEqual([
      [0.5, 0.6],
      [0.7, 0.9],
    ]);
  });

  it('gives the same interval twice, around the value', () => {
    const rows = Array.from({ length: 200 }, (_, index) => sure(index % 3, index % 4 === 0 ? 0 : index % 3));
    const first = bootstrap(rows, accuracy);
    expect(bootstrap(rows, accuracy)).toEqual(first);
    expect(first.low).toBeLessThan(first.value);
    expect(first.high).toBeGreaterThan(first.value);
    expect(bootstrapDifference(rows, rows, accuracy)).toEqual({ value: 0, low: 0, high: 0 });
  });
});
