import { describe, expect, it } from 'vitest';
import { safetyLimits } from '../rate-limits/limits.ts';
import { describeSafetyPolicy } from './describe-safety-policy.ts';
import { parseSafetyPolicy, SafetyPolicyError } from './safety-policy.ts';

const file = {
  deny: ['both', { term: 'asked*', in: 'prompt' }, { term: 'told', in: 'answer' }],
  system_prompt: ' Be kind. ',
  answer_check: { model: 'sentiment', label: 'negative', refuse_from: 0.9 },
};

describe('a safety policy', () => {
  it('denies nothing where there is none', () =>
    expect(parseSafetyPolicy(null)).toEqual({
      deniedInPrompts: [],
      deniedInAnswers: [],
      systemPrompt: null,
      answerCheck: null,
    }));

  it('tells prompts and answers apart', () =>
    expect(parseSafetyPolicy(file)).toEqual({
      deniedInPrompts: ['both', 'asked*'],
      deniedInAnswers: ['both', 'told'],
      systemPrompt: 'Be kind.',
      answerCheck: { model: 'sentiment', label: 'negative', refuseFrom: 0.9 },
    }));

  it('is described by how much of it there is, without a word of it', async () => {
    const summary = await describeSafetyPolicy({ readPolicyFile: async () => file });
    expect(summary).toEqual({
      termsInPrompts: 2,
      termsInAnswers: 2,
      systemPromptCharacters: 8,
      checkedLabel: 'negative',
    });
  });

  const many = Array.from({ length: safetyLimits.termsMax + 1 }, (_, i) => `t${i}`);
  it.each([
    ['a list', [], ''],
    ['a field that there is not', { denied: [] }, ''],
    ['a term of nothing', { deny: ['ok', ''] }, 'deny.1'],
    ['a term of signs', { deny: ['?!'] }, 'deny.0'],
    ['a star alone', { deny: ['*'] }, 'deny.0'],
    ['a star within', { deny: ['a*b'] }, 'deny.0'],
    ['a long term', { deny: ['x'.repeat(safetyLimits.termCharactersMax + 1)] }, 'deny.0'],
    ['a term that is long once it is spelled out', { deny: ['\ufdfa'.repeat(10)] }, 'deny.0'],
    ['a number', { deny: [5] }, 'deny.0'],
    ['another side', { deny: [{ term: 'x', in: 'nowhere' }] }, 'deny.0'],
    ['too many terms', { deny: many }, 'deny'],
    ['an empty prompt', { system_prompt: ' ' }, 'system_prompt'],
    ['a long prompt', { system_prompt: 'x'.repeat(2_001) }, 'system_prompt'],
    ['a path as model', { answer_check: { ...file.answer_check, model: '../x' } }, 'answer_check.model'],
    [
      'a share above 1',
      { answer_check: { ...file.answer_check, refuse_from: 2 } },
      'answer_check.refuse_from',
    ],
  ])('is refused with %s, by the name of what is wrong', (_name, given, place) => {
    expect(() => parseSafetyPolicy(given)).toThrow(SafetyPolicyError);
    expect(() => parseSafetyPolicy(given)).toThrow(`\n  ${place}`);
  });
});
