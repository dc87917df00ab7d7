import { expect, it } from 'vitest';
import { faithfulnessSentence } from './faithfulness-sentence.ts';

const sentence = (deletion_area: number, insertion_area: number) =>
  faithfulnessSentence({ label: 'tabby', part: 'cell', faithfulness: { deletion_area, insertion_area } });

it('says what both figures mean', () => {
  expect(sentence(0.1234, 0.5)).toBe(
    'How well it was found: with the strongest cells taken out first the score of tabby is 0.12 on average on the way, with them put in first 0.50. The further apart, the better; cells at random leave nothing between them.',
  );
});

it.each([
  [0.5, 0.4],
  [0.3, 0.3],
])('warns of values that order nothing: %d out, %d in', (out, within) =>
  expect(sentence(out, within)).toMatch(/^Don’t rely on it, cells at random would have done as well: /),
);
