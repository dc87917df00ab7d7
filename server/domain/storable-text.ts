import { z } from 'zod';

/** NUL can't be stored by PostgreSQL, half a surrogate pair can't be written as UTF-8. */
const unstorable = /\0|\p{Surrogate}/u;
export const isStorable = (value: string) => !unstorable.test(value);
export const unstorableSentence = 'The text holds a NUL character or half of a surrogate pair.';

/** Whatever the database is given, or asked for, as it was typed. */
export const storableText = z.string().refine(isStorable, { error: unstorableSentence });
