import { describe, expect, it } from 'vitest';
import { judged, sentence, sum } from './tally.ts';

describe('the sum of the test runs', () => {
  it('is one line', () => {
    expect(
      sentence(
        sum([
          { passed: 3, failed: 1 },
          { passed: 2, failed: 0 },
        ]),
      ),
    ).toBe('5 passed, 1 failed');
  });

  it.each([
    ['a clean run', { passed: 4, failed: 0 }, 0, { passed: 4, failed: 0 }],
    ['a failed test', { passed: 4, failed: 2 }, 1, { passed: 4, failed: 2 }],
    ['a crash after passing tests', { passed: 4, failed: 0 }, 1, { passed: 4, failed: 1 }],
    ['no test found', { passed: 0, failed: 0 }, 0, { passed: 0, failed: 1 }],
    ['no report', undefined, 0, { passed: 0, failed: 1 }],
  ])('judges %s', (_, counted, exitCode, expected) => {
    expect(judged(counted, exitCode)).toEqual(expected);
  });
});
