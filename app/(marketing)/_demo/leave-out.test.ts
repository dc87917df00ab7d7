import { describe, expect, it } from 'vitest';
import type { Reading } from '../../_calls/sentiment-answer.ts';
import { contributionsOf, withEachWordLeftOut, wordsOf } from './leave-out.ts';

const reading = (positive: number): Reading => ({
  label: positive > 0.5 ? 'positive' : 'negative',
  score: positive,
  interval: [0, 1],
  scores: { positive, neutral: 0, negative: 1 - positive },
});

describe('leaving words out', () => {
  it('asks for the text and once without each word', () =>
    expect(withEachWordLeftOut('It works well.')).toEqual([
      'It works well.',
      'works well.',
      'It well.',
      'It works',
    ]));
  it('asks for one word, and for a long text, only once', () => {
    expect(withEachWordLeftOut('Great')).toEqual(['Great']);
    expect(withEachWordLeftOut('word '.repeat(25))).toHaveLength(1);
  });
  it('keeps white space as it was typed', () =>
    expect(wordsOf(' a  b\nc').map((word) => word.space)).toEqual(['  ', '\n', '']));
  it('says what each word did to the answer', () => {
    const [up, down] = contributionsOf([reading(0.75), reading(0.5), reading(0.875)]);
    expect(up).toBeCloseTo(0.25);
    expect(down).toBeCloseTo(-0.125);
    const [towardsNegative] = contributionsOf([reading(0.25), reading(0.5)]);
    expect(towardsNegative).toBeCloseTo(0.25);
  });
});
