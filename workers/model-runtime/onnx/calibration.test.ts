import { describe, expect, it } from 'vitest';
import { CalibrationError, intervalOf, parseCalibration, probabilities } from './calibration.ts';

const bin = (upTo: number) => ({ upTo, accuracy: upTo, low: upTo / 2, high: upTo, n: 10 });

describe('calibration', () => {
  it('flattens with the temperature and keeps the order', () => {
    const [cold, warm] = [probabilities([2, 0, 1], 1), probabilities([2, 0, 1], 2)];
    expect(cold[0]).toBeGreaterThan(warm[0] ?? 1);
    expect(warm[0]).toBeGreaterThan(warm[2] ?? 1);
    expect(warm.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('stands logits that overflow an exponential', () => {
    expect(probabilities([1000, 0], 1)).toEqual([1, 0]);
  });

  it('gives the interval of the confidence', () => {
    const calibration = parseCalibration({ temperature: 1.2, bins: [bin(0.5), bin(1)] });
    expect(intervalOf(calibration, 0.5)).toEqual([0.25, 0.5]);
    expect(intervalOf(calibration, 0.51)).toEqual([0.5, 1]);
  });

  it.each([
    ['no temperature', { bins: [bin(1)] }],
    ['a temperature of 0', { temperature: 0, bins: [bin(1)] }],
    ['no bins', { temperature: 1, bins: [] }],
    ['bins that do not reach 1', { temperature: 1, bins: [bin(0.9)] }],
    ['bins out of order', { temperature: 1, bins: [bin(0.9), bin(0.5), bin(1)] }],
    ['a bin with a share above 1', { temperature: 1, bins: [{ ...bin(1), high: 2 }] }],
  ])('refuses %s', (_, json) => {
    expect(() => parseCalibration(json)).toThrow(CalibrationError);
  });
});
