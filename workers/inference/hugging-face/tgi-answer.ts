import { z } from '@hono/zod-openapi';
import { serverSentEvent } from '../generation/server-sent-event.ts';
import type { AnswerHead, EventCodec, FinishReason, WrittenText } from '../generation-endpoint.ts';
import type { TgiRequest } from './tgi-request.ts';
import { type TgiToken, tgiToken, toTgiToken, toTgiTokens } from './tgi-tokens.ts';

const finishReason = z.enum(['length', 'eos_token', 'stop_sequence', 'content_filter']);
const ending = {
  finish_reason: finishReason.openapi({
    description:
      'Where stop was sent, stop_sequence also stands for a text that the model ended. content_filter, which text-generation-inference does not know: the safety policy ended it.',
  }),
  generated_tokens: z.int().min(0),
  seed: z.int().nullable().openapi({ description: 'Null: nothing was drawn.' }),
} as const;

export const tgiAnswer = z
  .object({
    generated_text: z.string(),
    details: z
      .object({ ...ending, prefill: z.array(tgiToken).max(0), tokens: z.array(tgiToken) })
      .optional()
      .openapi({ description: 'Present where asked for.' }),
  })
  .openapi('TextGenerationOutput');

export const tgiEvent = z
  .object({
    index: z.int().min(1).openapi({ description: 'Which token of the answer.' }),
    token: tgiToken,
    generated_text: z.string().nullable().openapi({ description: 'In the last event: the whole answer.' }),
    details: z
      .object({ ...ending, input_length: z.int().min(0) })
      .nullable()
      .openapi({ description: 'In the last event.' }),
  })
  .openapi('TextGenerationStreamOutput');

export function toTgiAnswer(
  { generation, options }: TgiRequest,
  _head: AnswerHead,
  { choices, receipt }: WrittenText,
): z.infer<typeof tgiAnswer> {
  const { text = '', reason = 'length', logprobs = null } = choices[0] ?? {};
  const generatedText = options.echoed + text;
  if (!options.details) return { generated_text: generatedText };
  return {
    generated_text: generatedText,
    details: {
      finish_reason: toFinishReason(reason, generation.stop),
      generated_tokens: receipt.outputTokens,
      seed: options.seed,
      prefill: [],
      tokens: (logprobs ?? []).map(toTgiToken),
    },
  };
}

/** A token is told when the next one is there: the last one carries the whole text, once it is settled. */
export function tgiEvents({ generation, options }: TgiRequest, head: AnswerHead): EventCodec {
  let written = '';
  let index = 0;
  let last: TgiToken | null = null;

  function say(token: TgiToken, whole: Pick<z.infer<typeof tgiEvent>, 'generated_text' | 'details'>): string {
    index++;
    return serverSentEvent({ index, token, ...whole } satisfies z.infer<typeof tgiEvent>);
  }

  function sayLast(): string {
    const said = last === null ? '' : say(last, { generated_text: null, details: null });
    last = null;
    return said;
  }

  return {
    start: () => '',
    text({ text, logprobs }) {
      written += text;
      // Held back until no stop sequence could begin with it: text of tokens that were told already.
      if (!logprobs?.length && last !== null) {
        last = { ...last, text: last.text + text };
        return '';
      }
      return toTgiTokens(text, logprobs)
        .map((token) => {
          const said = sayLast();
          last = token;
          return said;
        })
        .join('');
    },
    finish: ({ reasons, receipt }) =>
      say(last ?? { id: null, text: '', logprob: null, special: true }, {
        generated_text: options.echoed + written,
        details: {
          finish_reason: toFinishReason(reasons[0] ?? 'length', generation.stop),
          generated_tokens: receipt.outputTokens,
          seed: options.seed,
          input_length: head.started.inputTokens,
        },
      }),
    fail: (error) => sayLast() + serverSentEvent(error),
  };
}

/** What ended a text that had stop sequences is not told apart. */
function toFinishReason(reason: FinishReason, stop: readonly string[]): z.infer<typeof finishReason> {
  if (reason !== 'stop') return reason;
  return stop.length === 0 ? 'eos_token' : 'stop_sequence';
}
