import { z } from '@hono/zod-openapi';
import type { TokenLogprob } from '#workers/model-runtime/text-generator.ts';
import type { AnswerHead, GenerationReceipt } from '../generation-endpoint.ts';
import { flag } from './generation-fields.ts';

/** What the answers of both OpenAI paths share. */
export const streamFields = {
  model: z
    .string({ error: 'model is the name of a model.' })
    .nullish()
    .openapi({ description: 'Name of the model; the current one when left out.', example: 'text-1' }),
  stream: flag('stream').openapi({ description: 'Send the text as server-sent events while it is written.' }),
  stream_options: z
    .looseObject(
      {
        include_usage: flag('include_usage').openapi({
          description: 'One more event at the end, with usage.',
        }),
      },
      { error: 'stream_options is {"include_usage": true or false}.' },
    )
    .nullish(),
} as const;

export const finishReason = z.enum(['stop', 'length', 'content_filter']).openapi({
  description:
    'stop: the model or a stop sequence ended it. length: a limit did. content_filter: the safety policy did, or a filter of the model’s engine.',
});

export const openAiUsage = z
  .object({
    prompt_tokens: z.int().min(0),
    completion_tokens: z.int().min(0),
    total_tokens: z.int().min(0),
    prompt_tokens_details: z.object({ cached_tokens: z.int().min(0) }),
  })
  .openapi('OpenAiUsage');

export function toOpenAiUsage(receipt: GenerationReceipt): z.infer<typeof openAiUsage> {
  return {
    prompt_tokens: receipt.inputTokens,
    completion_tokens: receipt.outputTokens,
    total_tokens: receipt.inputTokens + receipt.outputTokens,
    prompt_tokens_details: { cached_tokens: receipt.cachedTokens },
  };
}

export const headFields = {
  id: z.string(),
  created: z.int().openapi({ description: 'Unix time in seconds.' }),
  model: z.string(),
  system_fingerprint: z.string().openapi({ description: 'The version of the model that answered.' }),
} as const;

/** The same in every event of a stream: some clients refuse a change. */
export function toHeadFields(head: AnswerHead, prefix: 'chatcmpl' | 'cmpl') {
  return {
    id: `${prefix}-${head.requestId.replaceAll('-', '')}`,
    created: head.createdAtSeconds,
    model: head.model,
    system_fingerprint: head.modelVersion,
  };
}

const tokenLogprob = z.object({ token: z.string(), logprob: z.number(), bytes: z.array(z.int()) });
export const chatLogprobs = z
  .object({
    content: z.array(tokenLogprob.extend({ top_logprobs: z.array(tokenLogprob) })),
    refusal: z.null(),
  })
  .nullable();

export function toChatLogprobs(tokens: readonly TokenLogprob[] | null): z.infer<typeof chatLogprobs> {
  if (tokens === null) return null;
  const content = tokens.map(({ token, logprob, bytes, alternatives }) => ({
    token,
    logprob,
    bytes: [...bytes],
    top_logprobs: alternatives.map((other) => ({
      token: other.token,
      logprob: other.logprob,
      bytes: [...other.bytes],
    })),
  }));
  return { content, refusal: null };
}
