import { createRoute, z } from '@hono/zod-openapi';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import { publicRequestId } from '#server/domain/usage/request-id.ts';
import type { TokenLogprob } from '#workers/model-runtime/text-generator.ts';
import { text } from '../codecs/text-input.ts';
import { ownMessages, toChatMessages } from '../generation/chat-messages.ts';
import {
  flag,
  integer,
  maxTokens,
  samplingFields,
  toSampling,
  toStop,
} from '../generation/generation-fields.ts';
import { namedGenerator, type TextGenerators } from '../generation/named-generator.ts';
import { finishReason } from '../generation/openai-answer.ts';
import { responseFormat, toOutputFormat } from '../generation/response-format.ts';
import { serverSentEvent } from '../generation/server-sent-event.ts';
import type {
  AnswerHead,
  EventCodec,
  GenerationEndpoint,
  GenerationReceipt,
  GenerationRequest,
  WrittenText,
} from '../generation-endpoint.ts';
import { bearer, errorResponses, errorSchema, successHeaders } from '../openapi/openapi-parts.ts';
import { jsonBody } from '../wire/json-body.ts';

const { outputTokensDefault, topLogprobsMax } = generationLimits;
/** Small models wander at a temperature of 1. */
const defaults = { temperature: 0.7, topP: 0.95 } as const;

const body = z
  .strictObject(
    {
      prompt: text.nullish().openapi({ description: 'The text to go on with.', example: 'Once upon a time' }),
      messages: ownMessages.nullish(),
      model: z
        .string({ error: 'model is the name of a model.' })
        .nullish()
        .openapi({ description: 'Name of the model; the current one when left out.', example: 'text-1' }),
      max_tokens: maxTokens('max_tokens').openapi({
        description: `Of each answer; ${outputTokensDefault} when left out.`,
      }),
      ...samplingFields,
      logprobs: integer('logprobs', 0, topLogprobsMax).openapi({
        description: 'The log probability of each token, with so many alternatives.',
      }),
      response_format: responseFormat,
      truncate: flag('truncate').openapi({
        description:
          'Cut the oldest of a prompt that leaves no room for the answer, for which at most half of the context is kept free.',
      }),
      stream: flag('stream').openapi({
        description: 'Send the text as server-sent events while it is written.',
      }),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? 'The body is a JSON object.' : undefined) },
  )
  .refine((value) => (value.prompt == null) !== (value.messages == null), {
    error: 'Send either prompt or messages.',
    path: ['prompt'],
  });

const tokenLogprob = z.object({ token: z.string(), logprob: z.number(), bytes: z.array(z.int()) });
const logprobs = z
  .array(tokenLogprob.extend({ alternatives: z.array(tokenLogprob) }))
  .optional()
  .openapi({ description: 'Natural logarithms, before sampling changes anything. Present where asked for.' });

const usage = z
  .object({
    input_tokens: z.int().min(0).openapi({ description: 'Tokens of the prompt, once whatever n is.' }),
    cached_tokens: z.int().min(0).openapi({ description: 'Of these, so many needed not be computed.' }),
    output_tokens: z.int().min(0).openapi({ description: 'Tokens that were written, of all answers.' }),
    units: z.int().min(0).openapi({ description: 'Units that the request cost: tokens read and written.' }),
    price_micro_usd: z.int().min(0).openapi({ description: 'Price in millionths of a US dollar.' }),
  })
  .openapi('GenerationUsage');

const truncated = z
  .boolean()
  .optional()
  .openapi({ description: 'Whether the prompt was cut. Present where truncate was asked for.' });

const reply = z
  .object({
    id: z.string().openapi({ example: 'req_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b' }),
    object: z.literal('text_generation'),
    model: z.string(),
    truncated,
    data: z.array(
      z.object({ index: z.int().min(0), text: z.string(), finish_reason: finishReason, logprobs }),
    ),
    usage,
  })
  .openapi('TextGeneration');

const event = z
  .discriminatedUnion('object', [
    z.object({
      id: z.string(),
      object: z.literal('text_generation.started'),
      model: z.string(),
      input_tokens: z.int(),
      cached_tokens: z.int(),
      truncated,
    }),
    z.object({
      id: z.string(),
      object: z.literal('text_generation.text'),
      index: z.int().min(0),
      text: z.string(),
      logprobs,
    }),
    z.object({
      id: z.string(),
      object: z.literal('text_generation.finished'),
      data: z.array(z.object({ index: z.int().min(0), finish_reason: finishReason })),
      usage,
    }),
  ])
  .openapi('TextGenerationEvent');

const route = createRoute({
  method: 'post',
  path: '/v1/text/generate',
  operationId: 'generateText',
  summary: 'A text that goes on, or the next message of a conversation',
  description: 'One unit is one token that was read or written.',
  security: bearer,
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: body.openapi('TextGenerationRequest') } },
    },
  },
  responses: {
    200: {
      description:
        'One entry for each answer; with stream, the events started, text and finished (or error).',
      headers: successHeaders,
      content: {
        'application/json': { schema: reply },
        'text/event-stream': { schema: z.union([event, errorSchema]) },
      },
    },
    ...errorResponses,
  },
});

export interface TextGenerateOptions {
  readonly tellsTruncated: boolean;
}
type Request = GenerationRequest<TextGenerateOptions>;

export function textGenerateEndpoint(generators: TextGenerators): GenerationEndpoint<TextGenerateOptions> {
  const read = jsonBody(body);
  return {
    route,
    family: 'own',
    scope: 'text',
    task: 'text-generation',
    body: async (incoming) => toRequest(await read(incoming)),
    modelOf: ({ model }) => namedGenerator(generators, model),
    promptParam: ({ generation }) => (generation.prompt.kind === 'chat' ? 'messages' : 'prompt'),
    reply: toReply,
    events,
  };
}

function toRequest(given: z.infer<typeof body>): Request {
  return {
    model: given.model ?? undefined,
    isStream: given.stream ?? false,
    generation: {
      prompt: given.messages
        ? { kind: 'chat', messages: toChatMessages(given.messages) }
        : { kind: 'text', text: given.prompt ?? '' },
      truncate: given.truncate ?? false,
      outputTokensMax: given.max_tokens ?? outputTokensDefault,
      choices: given.n ?? 1,
      sampling: toSampling(given, defaults),
      stop: toStop(given.stop),
      logprobs: given.logprobs ?? null,
      format: toOutputFormat(given.response_format),
    },
    options: { tellsTruncated: given.truncate ?? false },
  };
}

function toReply(request: Request, head: AnswerHead, written: WrittenText): z.infer<typeof reply> {
  return {
    id: publicRequestId(head.requestId),
    object: 'text_generation',
    model: head.model,
    ...truncatedField(request, head),
    data: written.choices.map((choice, index) => ({
      index,
      text: choice.text,
      finish_reason: choice.reason,
      ...logprobsField(choice.logprobs),
    })),
    usage: toUsage(written.receipt),
  };
}

function events(request: Request, head: AnswerHead): EventCodec {
  const id = publicRequestId(head.requestId);
  const say = (name: string, data: z.infer<typeof event>) => serverSentEvent(data, name);
  return {
    start: () =>
      say('started', {
        id,
        object: 'text_generation.started',
        model: head.model,
        input_tokens: head.started.inputTokens,
        cached_tokens: head.started.cachedTokens,
        ...truncatedField(request, head),
      }),
    text({ choice: index, text: piece, logprobs: tokens }) {
      if (piece === '' && !tokens?.length) return '';
      const object = 'text_generation.text';
      return say('text', { id, object, index, text: piece, ...logprobsField(tokens) });
    },
    finish: ({ reasons, receipt }) =>
      say('finished', {
        id,
        object: 'text_generation.finished',
        data: reasons.map((reason, index) => ({ index, finish_reason: reason })),
        usage: toUsage(receipt),
      }),
    fail: (error) => serverSentEvent(error, 'error'),
  };
}

function truncatedField({ options }: Request, { started }: AnswerHead): { truncated?: boolean } {
  return options.tellsTruncated ? { truncated: started.truncated } : {};
}

function logprobsField(tokens: readonly TokenLogprob[] | null): { logprobs?: z.infer<typeof logprobs> } {
  if (tokens === null) return {};
  const copy = ({ token, logprob, bytes }: Omit<TokenLogprob, 'id' | 'alternatives'>) => ({
    token,
    logprob,
    bytes: [...bytes],
  });
  return {
    logprobs: tokens.map((token) => ({ ...copy(token), alternatives: token.alternatives.map(copy) })),
  };
}

function toUsage(receipt: GenerationReceipt): z.infer<typeof usage> {
  return {
    input_tokens: receipt.inputTokens,
    cached_tokens: receipt.cachedTokens,
    output_tokens: receipt.outputTokens,
    units: receipt.inputTokens + receipt.outputTokens,
    price_micro_usd: receipt.priceMicroUsd,
  };
}
