import { z } from 'zod';
import { safetyLimits } from '../rate-limits/limits.ts';
import { canonicalText } from './canonical-text.ts';

const { termsMax, termCharactersMax, systemPromptCharactersMax } = safetyLimits;
const termError = `A term has 1 to ${termCharactersMax} characters, a letter or digit among them, and * only at its ends.`;

function isTerm(value: string): boolean {
  const { length } = canonicalText(value);
  return (
    length > 0 && Math.max(length, value.length) <= termCharactersMax && /^\s*\*?[^*]+\*?\s*$/u.test(value)
  );
}

const term = z.string({ error: termError }).refine(isTerm, { error: termError });
const denied = z.union(
  [
    term.transform((value) => ({ term: value, in: 'both' as const })),
    z.strictObject({ term, in: z.enum(['prompt', 'answer', 'both']) }),
  ],
  { error: `A term is a text, or {"term": …, "in": "prompt", "answer" or "both"}. ${termError}` },
);

const policySchema = z.strictObject({
  deny: z
    .array(denied)
    .max(termsMax, { error: `There are at most ${termsMax} terms.` })
    .default([]),
  system_prompt: z.string().trim().min(1).max(systemPromptCharactersMax).optional(),
  answer_check: z
    .strictObject({
      model: z
        .string()
        .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, { error: 'model names a folder in MODELS_DIR.' }),
      label: z.string().min(1).max(100),
      refuse_from: z.number().gt(0).max(1),
    })
    .optional(),
});

/** What an operator does not want written. */
export interface SafetyPolicy {
  readonly deniedInPrompts: readonly string[];
  readonly deniedInAnswers: readonly string[];
  /** Stands before the customer's own. */
  readonly systemPrompt: string | null;
  readonly answerCheck: AnswerCheckSettings | null;
}

export interface AnswerCheckSettings {
  /** A folder with a text classifier, beside those of the models that are sold, or one of them. */
  readonly model: string;
  readonly label: string;
  /** The probability of the label from which on a part of an answer is not told. */
  readonly refuseFrom: number;
}

export class SafetyPolicyError extends Error {
  override readonly name = 'SafetyPolicyError';
}

/** Null: nothing is denied. Names every field that is wrong, and repeats no value. */
export function parseSafetyPolicy(file: unknown): SafetyPolicy {
  const read = policySchema.safeParse(file ?? {});
  if (!read.success) {
    const complaints = read.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new SafetyPolicyError(`The safety policy can not be read:\n${complaints.join('\n')}`);
  }
  const { deny, system_prompt: systemPrompt, answer_check: check } = read.data;
  const deniedIn = (side: 'prompt' | 'answer') =>
    deny.filter((one) => one.in === side || one.in === 'both').map((one) => one.term);
  return {
    deniedInPrompts: deniedIn('prompt'),
    deniedInAnswers: deniedIn('answer'),
    systemPrompt: systemPrompt ?? null,
    answerCheck: check ? { model: check.model, label: check.label, refuseFrom: check.refuse_from } : null,
  };
}
