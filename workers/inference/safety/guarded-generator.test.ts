import { expect, it } from 'vitest';
import { fakeTextGenerator } from '#workers/model-runtime/fake/fake-text-generator.ts';
import { guardedGenerator } from './guarded-generator.ts';

it('has the limits that the model has by now: an engine elsewhere tells its own late', () => {
  const { limits, ...fake } = fakeTextGenerator({ templateTokens: 3, templateTokensPerMessage: 4 });
  let contextTokens = 2_048;
  const inner = {
    ...fake,
    limits: {
      ...limits,
      get contextTokens() {
        return contextTokens;
      },
    },
  };
  const policy = { deniedInPrompts: [], deniedInAnswers: [], systemPrompt: 'Be kind.' };
  const guarded = guardedGenerator(inner, { policy, checkFor: null });
  contextTokens = 512;
  expect(guarded.limits).toMatchObject({ contextTokens: 512, templateTokens: 3 + 10 + 4 });
});
