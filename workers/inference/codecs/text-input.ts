import { z } from '@hono/zod-openapi';
import { requestLimits } from '#server/domain/rate-limits/limits.ts';
import { isStorable, unstorableSentence } from '#server/domain/storable-text.ts';

const bounded = (charactersMax: number) =>
  z.string({ error: 'A text is a string.' }).max(charactersMax, {
    error: `A text has at most ${charactersMax} characters.`,
    abort: true,
  });
export const emptySentence = 'The text is empty.';

const textUpTo = (charactersMax: number) =>
  bounded(charactersMax)
    .refine((value) => value.trim() !== '', { error: emptySentence, abort: true })
    .refine(isStorable, { error: unstorableSentence, abort: true });

export const text = textUpTo(requestLimits.textCharactersMax);

/** What a model has written, which may be nothing. */
export const textOrNone = bounded(requestLimits.textCharactersMax).refine(isStorable, {
  error: unstorableSentence,
});

/**
 * White space, control and format characters, private ones, marks on nothing: an encoder's tokenizer drops all of it (a
 * test asks the models' own). An answer about such a text would be about nothing, and would cost nothing.
 */
const UNREAD = /^[\s\p{Cc}\p{Cf}\p{Co}\p{Mn}\p{Z}\ufffd]*$/u;

/** A text that is classified, embedded or explained. */
export const readTextUpTo = (charactersMax: number) =>
  textUpTo(charactersMax).refine((value) => !UNREAD.test(value), {
    error: 'The text has no character that the model reads.',
  });

/** One text, or a list of so many. */
export function textsUpTo(textsMax: number) {
  const one = readTextUpTo(requestLimits.textCharactersMax);
  return z
    .union(
      [
        one,
        z
          .array(one, { error: 'Send a text or a list of texts.' })
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
