import { describe, expect, it } from 'vitest';
import { passagesOf, punctuationRow, stripped } from '#scripts/models/language-models/punctuation-task.ts';
import { byRule, measurePunctuation } from './punctuation-measures.ts';

describe('putting capitals and punctuation back', () => {
  it('asks with small letters and the marks inside of words alone', () => {
    expect(stripped("'Twas he, Mr. Darcy: well-bred - and proud! Wasn't he?")).toBe(
      "twas he mr darcy well-bred and proud wasn't he",
    );
    const { prompt, answer } = punctuationRow('He left, she said.');
    expect(prompt).toMatch(/: he left she said$/);
    expect(answer).toBe('He left, she said.');
  });

  it('takes whole sentences of plain prose, the same ones for the same seed', () => {
    const novel = [
      'Mr. Darcy came in, and sat down by the fire. He said nothing at all to anybody there.',
      '"Well," said she, "that is a long and rather tedious story, which I have heard."',
      'The year was 1815, and nobody had yet heard of the railway in that valley.',
      'Too short.',
      'IV',
    ].join('\n');
    const bounds = { wordsMin: 5, wordsMax: 24 };
    const passages = passagesOf(novel, bounds, 3);
    expect(passages).toHaveLength(1);
    expect(passages[0]).toMatch(/^(Mr\. Darcy|He said).*\.$/);
    expect(passagesOf(novel, bounds, 3)).toEqual(passages);
  });

  it('is exact, right or wrong word by word', () => {
    const expected = 'He came, she saw. All was well!';
    const judge = (answer: string) => measurePunctuation([{ answer, expected }]);
    expect(judge(expected)).toEqual({ sameWords: 1, exact: 1, marks: 1, capitals: 1 });
    // Of 3 marks one is right and one is given; of 2 capitals one.
    expect(judge('He came she saw all was well!')).toEqual({
      sameWords: 1,
      exact: 0,
      marks: 2 / 4,
      capitals: 2 / 3,
    });
    expect(judge('He came, she saw it. All was well!')).toEqual({
      sameWords: 0,
      exact: 0,
      marks: 0,
      capitals: 0,
    });
    expect(judge(byRule(stripped(expected))).sameWords).toBe(1);
  });
});
