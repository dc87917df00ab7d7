import { describe, expect, it } from 'vitest';
import {
  countTextParts,
  explanationRuns,
  textExplanationMethods,
} from '#server/domain/explanations/schema.ts';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import { METHODS, planExplanation, planOfGivenValues } from '#workers/explanations/explanation.ts';
import { textUnits } from '#workers/explanations/text-units.ts';

const parts = [1, 2, 3, 7, 8, 9, 10, 11, 16, 17, 49, 64, 100];

describe('what is said of an explanation before it is asked for', () => {
  it('names every method that there is', () => expect(textExplanationMethods).toEqual(Object.keys(METHODS)));

  it.each(textExplanationMethods)('%s takes as many runs as are planned', (method) => {
    for (const units of parts) {
      for (const samples of [2, 255, explanationLimits.samplesDefault, explanationLimits.samplesMax]) {
        const plan = planExplanation(method, units, { samples, seed: 1 });
        const planned = plan.masks.length + plan.followUpRunsMax;
        expect(explanationRuns(method, units, samples), `${units} of ${samples}`).toBe(planned);
      }
    }
  });

  it('grad-cam takes as many runs as values that are there already', () => {
    for (const units of parts) {
      const { masks, followUpRunsMax } = planOfGivenValues(units);
      expect(explanationRuns('grad-cam', units)).toBe(masks.length + followUpRunsMax);
    }
  });

  it.each([
    '',
    ' \n ',
    'Good.',
    "It's “fine”, 3.5 of 5 😀👍🏽 — 电影很好看。",
    'word '.repeat(64),
    'word '.repeat(65),
    'a, '.repeat(500),
  ])('a text has as many parts as are explained: %j', (text) =>
    expect(countTextParts(text)).toBe(textUnits(text, explanationLimits.unitsMax).length),
  );
});
