import type { ZodType } from 'zod';

/** The first thing that is wrong with a value, in words; undefined when nothing is. */
export function problemOf(schema: ZodType, value: unknown): string | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? undefined : parsed.error.issues[0]?.message;
}
