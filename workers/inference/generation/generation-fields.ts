import { randomInt } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import { isStorable } from '#server/domain/storable-text.ts';
import type { Sampling } from '#workers/model-runtime/text-generator.ts';
import { listUpTo } from '../codecs/list-up-to.ts';

const { choicesMax, outputTokensMax, stopsMax, stopCharactersMax, logitBiasMax } = generationLimits;

const number = (name: string, min: number, max: number) => {
  const error = `${name} is a number from ${min} to ${max}.`;
  return z.number({ error }).min(min, { error }).max(max, { error }).nullish();
};
export const integer = (name: string, min: number, max: number) => {
  const error = `${name} is an integer from ${min} to ${max}.`;
  return z.int({ error }).min(min, { error }).max(max, { error }).nullish();
};
export const flag = (name: string) => z.boolean({ error: `${name} is true or false.` }).nullish();

const stopError = `stop is a text or a list of up to ${stopsMax} texts, of 1 to ${stopCharactersMax} characters each.`;
const isStop = (value: string) => value.length > 0 && value.length <= stopCharactersMax && isStorable(value);
const stopText = z.string({ error: stopError });
const stops = listUpTo(stopsMax, {
  list: z.array(stopText, { error: stopError }).openapi({ maxItems: stopsMax }),
  tooMany: stopError,
});
const stop = z
  .union([stopText, stops], { error: stopError })
  .refine((value) => [value].flat().every(isStop), { error: stopError })
  .nullish();

const biasError = `logit_bias has up to ${logitBiasMax} numbers of tokens, each with a number from -100 to 100.`;
const logitBias = z
  .record(
    z.string().regex(/^\d{1,7}$/, { error: biasError }),
    z.number({ error: biasError }).min(-100, { error: biasError }).max(100, { error: biasError }),
    {
      error: biasError,
    },
  )
  .refine((value) => Object.keys(value).length <= logitBiasMax, { error: biasError })
  .nullish();

export const maxTokens = (name: string) => integer(name, 1, outputTokensMax);

/** How the next token is drawn: what every path takes. Null is the same as left out. */
export const samplingFields = {
  temperature: number('temperature', 0, 2).openapi({ description: '0: always the most probable token.' }),
  top_p: number('top_p', 0, 1).openapi({ description: 'Nucleus sampling: 1 keeps all.' }),
  top_k: integer('top_k', 0, 1_000).openapi({
    description: 'The most probable tokens that are kept; 0 keeps all.',
  }),
  min_p: number('min_p', 0, 1).openapi({
    description: 'Keeps what is at least this share of the most probable.',
  }),
  seed: integer('seed', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).openapi({
    description: 'The same seed draws the same text; choice i is drawn with seed + i.',
  }),
  repetition_penalty: number('repetition_penalty', 0.1, 2).openapi({
    description: 'Divides the logits of tokens that occurred in the answer so far; 1 changes nothing.',
  }),
  presence_penalty: number('presence_penalty', -2, 2),
  frequency_penalty: number('frequency_penalty', -2, 2),
  logit_bias: logitBias.openapi({ description: 'Added to the logit of a token, by its number.' }),
  stop: stop.openapi({ description: 'The text ends before the first of these that it would contain.' }),
  n: integer('n', 1, choicesMax).openapi({
    description: 'Answers to the same prompt, which is billed once.',
  }),
} as const;

const sampling = z.object(samplingFields);
type SamplingFields = z.infer<typeof sampling>;

export interface SamplingDefaults {
  readonly temperature: number;
  readonly topP: number;
}

export function toSampling(fields: SamplingFields, defaults: SamplingDefaults): Sampling {
  return {
    temperature: fields.temperature ?? defaults.temperature,
    topP: fields.top_p ?? defaults.topP,
    topK: fields.top_k ?? 0,
    minP: fields.min_p ?? 0,
    seed: fields.seed == null ? randomInt(2 ** 32) : Number(BigInt.asUintN(32, BigInt(fields.seed))),
    repetitionPenalty: fields.repetition_penalty ?? 1,
    presencePenalty: fields.presence_penalty ?? 0,
    frequencyPenalty: fields.frequency_penalty ?? 0,
    logitBias: Object.entries(fields.logit_bias ?? {}).map(([token, bias]) => [Number(token), bias] as const),
  };
}

export function toStop(value: SamplingFields['stop']): readonly string[] {
  return value == null ? [] : [value].flat();
}
