import type { z } from '@hono/zod-openapi';

/** A field that may be left out, or be null: clients of many languages write out every field they know. */
export function orDefault<Value extends string | number | boolean>(schema: z.ZodType<Value>, value: Value) {
  return schema
    .nullish()
    .transform((given): Value => given ?? value)
    .openapi({ default: value });
}
