import { describe, expect, it } from 'vitest';
import { PERTURBATIONS, perturbed } from './perturbations.ts';

const texts = ['The battery lasts all day, but the screen is dark!', 'ok', '', '好 🙂'];

describe.each(Object.entries(PERTURBATIONS))('%s', (name, change) => {
  it('changes the text, the same way each time', () => {
    const once = perturbed(texts, change);
    expect(perturbed(texts, change)).toEqual(once);
    expect(once[0]).not.toBe(texts[0]);
  });

  it('keeps every letter where it changes none', () => {
    const letters = (text: string) => [...text.toLowerCase().replace(/[^a-z]/g, '')].sort().join('');
    if (name === 'a sentence beside the point') return;
    expect(perturbed(texts, change).map(letters)).toEqual(texts.map(letters));
  });
});
