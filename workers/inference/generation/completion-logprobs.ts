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

/** Where each token begins in the answer, in characters: half a character begins where the whole one does. */
export function createTextOffsets(): (token: TokenLogprob) => number {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let at = 0;
  return ({ bytes }) => {
    const start = at;
    at += decoder.decode(Uint8Array.from(bytes), { stream: true }).length;
    return start;
  };
}

/** `offsetOf`: of one choice, token after token. */
export function toCompletionLogprobs(
  tokens: readonly TokenLogprob[] | null,
  offsetOf: (token: TokenLogprob) => number,
): z.infer<typeof completionLogprobs> {
  if (tokens === null) return null;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ alternatives }) =>
      Object.fromEntries(alternatives.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: tokens.map(offsetOf),
  };
}
