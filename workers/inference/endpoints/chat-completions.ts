import { createRoute, z } from '@hono/zod-openapi';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import { openAiMessages, toChatMessages } from '../generation/chat-messages.ts';
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
  chatLogprobs,
  finishReason,
  headFields,
  openAiUsage,
  streamFields,
  toChatLogprobs,
  toHeadFields,
  toOpenAiUsage,
} from '../generation/openai-answer.ts';
import { chatRefusals, refuseFields } from '../generation/refused-fields.ts';
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

const { outputTokensDefault, topLogprobsMax } = generationLimits;

const body = z
  .looseObject(
    {
      ...streamFields,
      messages: openAiMessages,
      ...samplingFields,
      max_completion_tokens: maxTokens('max_completion_tokens').openapi({
        description: `Of each answer; ${outputTokensDefault} when left out.`,
      }),
      max_tokens: maxTokens('max_tokens').openapi({
        description: 'The older name of max_completion_tokens.',
      }),
      logprobs: flag('logprobs'),
      top_logprobs: integer('top_logprobs', 0, topLogprobsMax),
      response_format: responseFormat,
      truncate: flag('truncate').openapi({
        description:
          'Cut the oldest of a prompt that leaves no room for the answer, for which at most half of the context is kept free.',
      }),
    },
    { error: 'The body is a JSON object.' },
  )
  .superRefine(refuseFields(chatRefusals))
  .refine((value) => value.top_logprobs == null || value.logprobs === true, {
    error: 'top_logprobs needs logprobs: true.',
    path: ['top_logprobs'],
  });

const reply = z
  .object({
    ...headFields,
    object: z.literal('chat.completion'),
    choices: z.array(
      z.object({
        index: z.int().min(0),
        message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
        logprobs: chatLogprobs,
        finish_reason: finishReason,
      }),
    ),
    usage: openAiUsage,
  })
  .openapi('ChatCompletion');

export const chatCompletionChunk = z
  .object({
    ...headFields,
    object: z.literal('chat.completion.chunk'),
    choices: z.array(
      z.object({
        index: z.int().min(0),
        delta: z.object({ role: z.literal('assistant').optional(), content: z.string().optional() }),
        logprobs: chatLogprobs,
        finish_reason: finishReason.nullable(),
      }),
    ),
    usage: z.union([openAiUsage, z.null()]).optional(),
  })
  .openapi('ChatCompletionChunk');

const route = createRoute({
  method: 'post',
  path: '/v1/chat/completions',
  operationId: 'createChatCompletion',
  summary: 'The next message of a conversation, as OpenAI’s clients ask for it',
  description:
    'One unit is one token that was read or written. Unknown fields that change nothing are let through.',
  security: bearer,
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: body.openapi('ChatCompletionRequest') } },
    },
  },
  responses: {
    200: {
      description:
        'The answer; with stream, events of which each is a chunk, then [DONE]. Where it fails on the way, the last event is an error.',
      headers: successHeaders,
      content: {
        'application/json': { schema: reply },
        'text/event-stream': { schema: z.union([chatCompletionChunk, errorSchema]) },
      },
    },
    ...errorResponses,
  },
});

export interface ChatOptions {
  readonly includeUsage: boolean;
}

export function chatCompletionsEndpoint(generators: TextGenerators): GenerationEndpoint<ChatOptions> {
  return {
    route,
    family: 'own',
    scope: 'text',
    task: 'text-generation',
    body: async (incoming) => parseChat(await readJson(incoming)),
    modelOf: ({ model }) => namedGenerator(generators, model),
    promptParam: () => 'messages',
    reply: toReply,
    events,
  };
}

export function parseChat(given: unknown): GenerationRequest<ChatOptions> {
  return toRequest(parseAs(body, given));
}

function toRequest(given: z.infer<typeof body>): GenerationRequest<ChatOptions> {
  return {
    model: modelNamed(given.model),
    isStream: given.stream ?? false,
    generation: {
      prompt: { kind: 'chat', messages: toChatMessages(given.messages) },
      truncate: given.truncate ?? false,
      outputTokensMax: given.max_completion_tokens ?? given.max_tokens ?? outputTokensDefault,
      choices: given.n ?? 1,
      sampling: toSampling(given, { temperature: 1, topP: 1 }),
      stop: toStop(given.stop),
      logprobs: given.logprobs ? (given.top_logprobs ?? 0) : null,
      format: toOutputFormat(given.response_format),
    },
    options: { includeUsage: given.stream_options?.include_usage ?? false },
  };
}

function toReply(
  _request: GenerationRequest<ChatOptions>,
  head: AnswerHead,
  { choices, receipt }: WrittenText,
): z.infer<typeof reply> {
  return {
    ...toHeadFields(head, 'chatcmpl'),
    object: 'chat.completion',
    choices: choices.map(({ text, reason, logprobs }, index) => ({
      index,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: toChatLogprobs(logprobs),
      finish_reason: reason,
    })),
    usage: toOpenAiUsage(receipt),
  };
}

function events({ generation, options }: GenerationRequest<ChatOptions>, head: AnswerHead): EventCodec {
  const { includeUsage } = options;
  const fields = toHeadFields(head, 'chatcmpl');
  const event = (
    choices: z.infer<typeof chatCompletionChunk>['choices'],
    usage: z.infer<typeof openAiUsage> | null = null,
  ) => {
    const whole = { ...fields, object: 'chat.completion.chunk', choices } satisfies z.infer<
      typeof chatCompletionChunk
    >;
    return serverSentEvent(includeUsage ? { ...whole, usage } : whole);
  };
  return {
    start: () =>
      Array.from({ length: generation.choices }, (_, index) =>
        event([{ index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }]),
      ).join(''),
    text({ choice: index, text, logprobs }) {
      if (text === '' && !logprobs?.length) return '';
      const delta = { content: text };
      return event([{ index, delta, logprobs: toChatLogprobs(logprobs), finish_reason: null }]);
    },
    finish: ({ reasons, receipt }) =>
      [
        ...reasons.map((reason, index) =>
          event([{ index, delta: {}, logprobs: null, finish_reason: reason }]),
        ),
        includeUsage ? event([], toOpenAiUsage(receipt)) : '',
        serverSentEvent('[DONE]'),
      ].join(''),
    fail: (error) => serverSentEvent(error),
  };
}
