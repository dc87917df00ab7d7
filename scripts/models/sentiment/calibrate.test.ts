import { describe, expect, it } from 'vitest';
import type { Judged } from '#scripts/evaluate/measures/measures.ts';
import { intervalOf, parseCalibration, probabilities } from '#workers/model-runtime/onnx/calibration.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { calibrationOf } from './calibrate.ts';

/** A model whose logits are `overconfidence` times what they should be: labels are drawn from the right ones. */
function rowsOf(count: number, overconfidence: number): Judged[] {
  const random = randomNumbers(1);
  return Array.from({ length: count }, () => {
    const logits = [0, 1, 2].map(() => 4 * random());
    const [first = 0, second = 0] = probabilities(logits, 1);
    const drawn = random();
    const label = drawn < first ? 0 : drawn < first + second ? 1 : 2;
    return { label, scores: probabilities(logits, 1 / overconfidence) };
  });
}

describe('a calibration', () => {
  it.each([0.5, 1, 2, 3])('finds the temperature of a model that is %s times too sure', (overconfidence) => {
    const { temperature } = calibrationOf(rowsOf(20_000, overconfidence), { data: 'drawn' });
    expect(temperature / overconfidence).toBeGreaterThan(0.95);
    expect(temperature / overconfidence).toBeLessThan(1.05);
  });

  it('gives intervals that hold how often it is right, by Wilson', () => {
    const calibration = parseCalibration({ ...calibrationOf(rowsOf(12_000, 1), { data: 'drawn' }) });
    expect(calibration.bins).toHaveLength(12);
    for (const { accuracy, low, high, n } of calibration.bins) {
      expect(n).toBe(1000);
      expect(low).toBeLessThan(accuracy);
      expect(high).toBeGreaterThan(accuracy);
      expect(high - low).toBeLessThan(0.06);
    }
  });

  it('can be read again where the model is as sure of many rows', () => {
    const sure = Array.from({ length: 100 }, (_, row) => ({
      label: row % 10 === 0 ? 1 : 0,
      scores: [1, 1e-300],
    }));
    const unsure = { label: 0, scores: [0.5, 0.5] };
    const calibration = parseCalibration({
      ...calibrationOf([...sure, ...Array.from({ length: 10 }, () => unsure)], { data: 'drawn' }),
    });
    expect(calibration.bins.reduce((sum, { n }) => sum + n, 0)).toBe(110);
    const [low, high] = intervalOf(calibration, 1);
    expect(low).toBeLessThan(0.9);
    expect(high).toBeGreaterThan(0.9);
  });
});
