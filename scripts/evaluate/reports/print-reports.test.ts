import { afterEach, describe, expect, it, vi } from 'vitest';
import { printReports } from './print-reports.ts';
import { reportOf } from './report.ts';

afterEach(() => vi.restoreAllMocks());

function printed(labels: readonly string[], given: readonly number[]): string[] {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(...line.split('\n')));
  const judged = given.map((label, right) => ({
    label: right % labels.length,
    scores: labels.map((_, index) => Number(index === label)),
  }));
  const all = { ...reportOf(judged, labels), msP50: 1, sizeBytes: 1 };
  printReports({ model: 'm', digest: '0123456789', data: 'd', labels, all, sources: {} });
  return lines;
}

describe('a printed evaluation', () => {
  it('shows the confusion of few labels as a table', () => {
    const lines = printed(['bad', 'good'], [0, 0]);
    expect(lines.slice(lines.indexOf('right (rows) against given (columns):') + 2).slice(0, 3)).toEqual([
      '      bad  good',
      'bad     1     0',
      'good    1     0',
    ]);
  });

  it('of many labels says what is most often taken for what, on lines that fit a screen', () => {
    const labels = Array.from({ length: 30 }, (_, index) => `class ${index}`);
    const right = labels.map((_, index) => index);
    const lines = printed(labels, [...right, ...right.with(4, 7), ...right.with(4, 7), ...right.with(5, 1)]);
    const from = lines.indexOf('most often taken for another:');
    expect(lines.slice(from + 2, from + 5)).toEqual([
      'right      given  n',
      'class 4  class 7  2',
      'class 5  class 1  1',
    ]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(120);
  });
});
