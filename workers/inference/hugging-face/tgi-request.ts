import { z } from '@hono/zod-openapi';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import type { Sampling } from '#workers/model-runtime/text-generator.ts';
import { text } from '../codecs/text-input.ts';
import { flag, maxTokens, samplingFields, toSampling, toStop } from '../generation/generation-fields.ts';
import type { GenerationRequest } from '../generation-endpoint.ts';
import { bodyError, parametersError } from './common-fields.ts';
import { grammar, toGrammarFormat } from './grammar.ts';
import { refuseTextParameters } from './refused-parameters.ts';

const { newTokensDefault } = generationLimits;
const { temperature, top_k, top_p, seed, repetition_penalty, frequency_penalty, stop } = samplingFields;

const parameters = z
  .looseObject(
    {
      max_new_tokens: maxTokens('max_new_tokens').openapi({
        description: `${newTokensDefault} when left out.`,
      }),
      do_sample: flag('do_sample').openapi({
        description:
          'Draw tokens. So do a temperature, top_k or top_p that is not neutral; otherwise always the most probable.',
      }),
      temperature,
      top_k,
      top_p,
      seed,
      repetition_penalty,
      frequency_penalty,
      stop,
      stop_sequences: stop.openapi({ description: 'The older name of stop.' }),
      return_full_text: flag('return_full_text').openapi({
        description: 'Put the prompt in front of the answer.',
      }),
      details: flag('details').openapi({ description: 'Why it ended, and its tokens.' }),
      grammar,
    },
    { error: parametersError },
  )
  .superRefine(refuseTextParameters);
type Parameters = Partial<z.infer<typeof parameters>>;

export const tgiFields = {
  inputs: text.openapi({ description: 'The text to go on with.', example: 'Once upon a time' }),
  parameters: parameters.nullish(),
  truncate: flag('truncate').openapi({ description: 'Cut the beginning of a prompt that is too long.' }),
} as const;

export const tgiBody = z.looseObject(tgiFields, { error: bodyError });
export const tgiStreamableBody = z.looseObject(
  {
    ...tgiFields,
    stream: flag('stream').openapi({
      description: 'Send the text as server-sent events while it is written.',
    }),
  },
  { error: bodyError },
);

export interface TgiOptions {
  readonly details: boolean;
  /** The prompt, where it is to stand in front of the answer; empty otherwise. */
  readonly echoed: string;
  /** Null: nothing was drawn. */
  readonly seed: number | null;
}
export type TgiRequest = GenerationRequest<TgiOptions>;

export interface TgiDefaults {
  readonly isStream: boolean;
  readonly returnFullText: boolean;
}

export function toTgiRequest(
  { inputs, parameters: given, truncate }: z.infer<typeof tgiBody>,
  { isStream, returnFullText }: TgiDefaults,
): TgiRequest {
  const fields: Parameters = given ?? {};
  const sampling = toTgiSampling(fields);
  const details = fields.details ?? false;
  return {
    model: undefined,
    isStream,
    generation: {
      prompt: { kind: 'text', text: inputs },
      truncate: truncate ?? fields.truncate === true,
      outputTokensMax: fields.max_new_tokens ?? newTokensDefault,
      choices: 1,
      sampling,
      stop: toStop(fields.stop ?? fields.stop_sequences),
      // Every event names its token; a whole answer only where it is asked to.
      logprobs: isStream || details ? 0 : null,
      format: toGrammarFormat(fields.grammar),
    },
    options: {
      details,
      echoed: (fields.return_full_text ?? returnFullText) ? inputs : '',
      seed: sampling.temperature === 0 ? null : sampling.seed,
    },
  };
}

/** As text-generation-inference has it: nothing is drawn unless something asks for it. */
function toTgiSampling(fields: Parameters): Sampling {
  const isDrawn =
    fields.do_sample === true ||
    (fields.temperature ?? 1) !== 1 ||
    (fields.top_k ?? 0) > 0 ||
    (fields.top_p ?? 1) < 1;
  return toSampling(fields, { temperature: isDrawn ? 1 : 0, topP: 1 });
}
