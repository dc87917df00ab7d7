import { expect, it } from 'vitest';
import { oneAfterTheOther, oneCycle } from './learning-rate.ts';

it('runs schedules one after the other, each from its own first step', () => {
  const rate = oneAfterTheOther([
    { steps: 10, rate: oneCycle(1, 0.5, 10) },
    { steps: 4, rate: oneCycle(0.1, 0.5, 4) },
  ]);
  const rates = Array.from({ length: 14 }, (_, step) => rate(step));
  expect(rates.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, step) => oneCycle(1, 0.5, 10)(step)));
  expect(rates.slice(10)).toEqual(Array.from({ length: 4 }, (_, step) => oneCycle(0.1, 0.5, 4)(step)));
  expect(Math.max(...rates.slice(0, 10))).toBe(1);
  expect(Math.max(...rates.slice(10))).toBe(0.1);
  expect(rates[9]).toBe(0);
});
