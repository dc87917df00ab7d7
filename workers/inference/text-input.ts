import { z } from '@hono/zod-openapi';
import { requestLimits } from '#server/domain/rate-limits/limits.ts';
import { isStorable, unstorableSentence } from '#server/domain/storable-text.ts';

const bounded = z.string({ error: 'A text is a string.' }).max(requestLimits.textCharactersMax, {
  error: `A text has at most ${requestLimits.textCharactersMax} characters.`,
  abort: true,
});
export const emptySentence = 'The text is empty.';

export const text = bounded
  .refine((value) => value.trim() !== '', { error: emptySentence, abort: true })
  .refine(isStorable, { error: unstorableSentence });

/** What a model has written, which may be nothing. */
export const textOrNone = bounded.refine(isStorable, { error: unstorableSentence });

/** One text, or a list of so many. */
export function textsUpTo(textsMax: number) {
  return z
    .union(
      [
        text,
        z
          .array(text, { error: 'Send a text or a list of texts.' })
          .min(1, { error: 'The list of texts is empty.' })
          .max(textsMax, { error: `A request has at most ${textsMax} texts.`, abort: true }),
      ],
      { error: 'Send a text or a list of texts.' },
    )
    .openapi({ description: 'One text, or a list of texts.', example: 'The film was a delight.' });
}

export const textInput = textsUpTo(requestLimits.textsMax);

export type TextInputField = z.infer<typeof textInput>;

export const booleanField = (name: string) => z.boolean({ error: `${name} is true or false.` });
