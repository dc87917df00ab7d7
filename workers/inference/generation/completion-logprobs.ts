import { z } from '@hono/zod-openapi';
import type { TokenLogprob } from '#workers/model-runtime/text-generator.ts';

/** The older shape, of completions: lists beside one another. */
export const completionLogprobs = z
  .object({
    tokens: z.array(z.string()),
    token_logprobs: z.array(z.number()),
    top_logprobs: z.array(z.record(z.string(), z.number())),
    text_offset: z.array(z.int()),
  })
  .nullable();

/** `offset`: how many characters of the answer came before. */
export function toCompletionLogprobs(
  tokens: readonly TokenLogprob[] | null,
  offset: number,
): z.infer<typeof completionLogprobs> {
  if (tokens === null) return null;
  let at = offset;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ alternatives }) =>
      Object.fromEntries(alternatives.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: tokens.map(({ token }) => {
      const start = at;
      at += token.length;
      return start;
    }),
  };
}
