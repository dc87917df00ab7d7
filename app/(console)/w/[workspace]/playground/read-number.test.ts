import { expect, it } from 'vitest';
import { readNumber } from './read-number.ts';

it.each([
  [null, undefined],
  [' ', undefined],
  ['0', 0],
  [' 0.5 ', 0.5],
  ['1e0', 1],
  ['1.01', null],
  ['-0.1', null],
  ['many', null],
  ['Infinity', null],
])('%j as a share is %j', (given, value) => expect(readNumber(given, { min: 0, max: 1 })).toBe(value));

it('takes whole numbers alone where it has to', () => {
  expect(readNumber('2.5', { min: 1, max: 9, isWhole: true })).toBe(null);
  expect(readNumber('2', { min: 1, max: 9, isWhole: true })).toBe(2);
});
