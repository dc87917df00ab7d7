import { createRoute, z } from '@hono/zod-openapi';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import { text } from '../codecs/text-input.ts';
import {
  completionLogprobs,
  createTextOffsets,
  toCompletionLogprobs,
} from '../generation/completion-logprobs.ts';
import {
  flag,
  integer,
  maxTokens,
  samplingFields,
  toSampling,
  toStop,
} from '../generation/generation-fields.ts';
import { modelNamed, namedGenerator, type TextGenerators } from '../generation/named-generator.ts';
import {
  finishReason,
  headFields,
  openAiUsage,
  streamFields,
  toHeadFields,
  toOpenAiUsage,
} from '../generation/openai-answer.ts';
import { completionRefusals, refuseFields } from '../generation/refused-fields.ts';
import { responseFormat, toOutputFormat } from '../generation/response-format.ts';
import { serverSentEvent } from '../generation/server-sent-event.ts';
import type {
  AnswerHead,
  EventCodec,
  GenerationEndpoint,
  GenerationRequest,
  WrittenText,
} from '../generation-endpoint.ts';
import { bearer, errorResponses, errorSchema, successHeaders } from '../openapi/openapi-parts.ts';
import { parseAs, readJson } from '../wire/json-body.ts';

const { completionTokensDefault, choicesMax } = generationLimits;
/** As the OpenAI API has it for completions. */
const logprobsMax = 5;

const promptError =
  'prompt is a text, or a list of one text: send a call for each. Lists of token numbers are not read.';
const isOneText = (list: readonly unknown[]) => list.length === 1 && typeof list[0] === 'string';
const listOfOne = z
  .array(z.unknown())
  .refine(isOneText, { error: promptError })
  .transform(first)
  .pipe(text)
  .openapi({ type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1 });
const prompt = z
  .union([text, listOfOne], { error: promptError })
  .openapi({ description: 'The text to go on with.', example: 'Once upon a time' });

const body = z
  .looseObject(
    {
      ...streamFields,
      prompt,
      ...samplingFields,
      max_tokens: maxTokens('max_tokens').openapi({
        description: `Of each answer; ${completionTokensDefault} when left out.`,
      }),
      best_of: integer('best_of', 1, choicesMax),
      echo: flag('echo').openapi({ description: 'Put the prompt in front of the answer.' }),
      logprobs: integer('logprobs', 0, logprobsMax),
      response_format: responseFormat,
      truncate: flag('truncate').openapi({
        description:
          'Cut the beginning of a prompt that leaves no room for the answer, for which at most half of the context is kept free.',
      }),
    },
    { error: 'The body is a JSON object.' },
  )
  .superRefine(refuseFields(completionRefusals))
  .refine((value) => value.best_of == null || value.best_of === (value.n ?? 1), {
    error: 'best_of is not supported: send the same number as n, or leave it out.',
    path: ['best_of'],
  })
  .refine((value) => !value.echo || value.logprobs == null, {
    error: 'logprobs of the prompt are not given: send echo or logprobs.',
    path: ['echo'],
  });

const choice = z.object({
  text: z.string(),
  index: z.int().min(0),
  logprobs: completionLogprobs,
  finish_reason: finishReason,
});
const reply = z
  .object({
    ...headFields,
    object: z.literal('text_completion'),
    choices: z.array(choice),
    usage: openAiUsage,
  })
  .openapi('Completion');
export const completionChunk = z
  .object({
    ...headFields,
    object: z.literal('text_completion'),
    choices: z.array(choice.extend({ finish_reason: finishReason.nullable() })),
    usage: z.union([openAiUsage, z.null()]).optional(),
  })
  .openapi('CompletionChunk');

const route = createRoute({
  method: 'post',
  path: '/v1/completions',
  operationId: 'createCompletion',
  summary: 'How a text goes on, as OpenAI’s clients ask for it',
  description:
    'One unit is one token that was read or written. Unknown fields that change nothing are let through.',
  security: bearer,
  request: {
    body: { required: true, content: { 'application/json': { schema: body.openapi('CompletionRequest') } } },
  },
  responses: {
    200: {
      description:
        'The answer; with stream, events of which each is a part of it, then [DONE]. Where it fails on the way, the last event is an error.',
      headers: successHeaders,
      content: {
        'application/json': { schema: reply },
        'text/event-stream': { schema: z.union([completionChunk, errorSchema]) },
      },
    },
    ...errorResponses,
  },
});

function first(list: readonly unknown[]): unknown {
  return list[0];
}

export interface CompletionOptions {
  readonly includeUsage: boolean;
  /** The prompt, where it is to stand in front of the answer; empty otherwise. */
  readonly echoed: string;
}

export function completionsEndpoint(generators: TextGenerators): GenerationEndpoint<CompletionOptions> {
  return {
    route,
    family: 'own',
    scope: 'text',
    task: 'text-generation',
    body: async (incoming) => parseCompletion(await readJson(incoming)),
    modelOf: ({ model }) => namedGenerator(generators, model),
    promptParam: () => 'prompt',
    reply: toReply,
    events,
  };
}

export function parseCompletion(given: unknown): GenerationRequest<CompletionOptions> {
  return toRequest(parseAs(body, given));
}

function toRequest(given: z.infer<typeof body>): GenerationRequest<CompletionOptions> {
  return {
    model: modelNamed(given.model),
    isStream: given.stream ?? false,
    generation: {
      prompt: { kind: 'text', text: given.prompt },
      truncate: given.truncate ?? false,
      outputTokensMax: given.max_tokens ?? completionTokensDefault,
      choices: given.n ?? 1,
      sampling: toSampling(given, { temperature: 1, topP: 1 }),
      stop: toStop(given.stop),
      logprobs: given.logprobs ?? null,
      format: toOutputFormat(given.response_format),
    },
    options: {
      includeUsage: given.stream_options?.include_usage ?? false,
      echoed: given.echo ? given.prompt : '',
    },
  };
}

function toReply(
  { options }: GenerationRequest<CompletionOptions>,
  head: AnswerHead,
  { choices, receipt }: WrittenText,
): z.infer<typeof reply> {
  return {
    ...toHeadFields(head, 'cmpl'),
    object: 'text_completion',
    choices: choices.map(({ text: written, reason, logprobs }, index) => ({
      text: options.echoed + written,
      index,
      logprobs: toCompletionLogprobs(logprobs, createTextOffsets()),
      finish_reason: reason,
    })),
    usage: toOpenAiUsage(receipt),
  };
}

function events({ generation, options }: GenerationRequest<CompletionOptions>, head: AnswerHead): EventCodec {
  const { includeUsage, echoed } = options;
  const fields = toHeadFields(head, 'cmpl');
  const offsets = Array.from({ length: generation.choices }, createTextOffsets);
  const event = (
    choices: z.infer<typeof completionChunk>['choices'],
    usage: z.infer<typeof openAiUsage> | null = null,
  ) => {
    const whole = { ...fields, object: 'text_completion', choices } satisfies z.infer<typeof completionChunk>;
    return serverSentEvent(includeUsage ? { ...whole, usage } : whole);
  };
  return {
    start: () =>
      echoed === ''
        ? ''
        : offsets
            .map((_, index) => event([{ text: echoed, index, logprobs: null, finish_reason: null }]))
            .join(''),
    text({ choice: index, text: piece, logprobs }) {
      if (piece === '' && !logprobs?.length) return '';
      const named = toCompletionLogprobs(logprobs, offsets[index] ?? createTextOffsets());
      return event([{ text: piece, index, logprobs: named, finish_reason: null }]);
    },
    finish: ({ reasons, receipt }) =>
      [
        ...reasons.map((reason, index) =>
          event([{ text: '', index, logprobs: null, finish_reason: reason }]),
        ),
        includeUsage ? event([], toOpenAiUsage(receipt)) : '',
        serverSentEvent('[DONE]'),
      ].join(''),
    fail: (error) => serverSentEvent(error),
  };
}
