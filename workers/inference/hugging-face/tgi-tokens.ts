import { z } from '@hono/zod-openapi';
import type { TokenLogprob } from '#workers/model-runtime/text-generator.ts';

export const tgiToken = z.object({
  id: z.int().nullable().openapi({ description: 'Number in the vocabulary. Null: none, or not told.' }),
  text: z.string(),
  logprob: z.number().nullable(),
  special: z.boolean(),
});
export type TgiToken = z.infer<typeof tgiToken>;

/** With its own text: of half a character a replacement. */
export function toTgiToken({ id, token, logprob }: TokenLogprob): TgiToken {
  return { id, text: token, logprob, special: false };
}

/**
 * Tokens whose texts joined are `text`. A token's own text is not always its part of it (half a character, what was held
 * back or cut off before a stop sequence): then the last of them has all of it.
 */
export function toTgiTokens(text: string, tokens: readonly TokenLogprob[] | null): TgiToken[] {
  if (!tokens?.length) return text === '' ? [] : [{ id: null, text, logprob: null, special: false }];
  const isSum = tokens.map(({ token }) => token).join('') === text;
  return tokens.map((token, index) => {
    const whole = index === tokens.length - 1 ? text : '';
    const own = toTgiToken(token);
    return isSum ? own : { ...own, text: whole };
  });
}
