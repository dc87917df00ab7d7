import { z } from '@hono/zod-openapi';

/** How many rows of a page a query asks for. */
export function pageLimit({ most, leftOut }: { readonly most: number; readonly leftOut: number }) {
  const error = `limit is a number from 1 to ${most}.`;
  return z
    .string()
    .regex(/^\d{1,6}$/, { error, abort: true })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= most, { error })
    .default(leftOut)
    .openapi({
      type: 'integer',
      minimum: 1,
      maximum: most,
      default: leftOut,
      description: 'Rows of a page.',
    });
}

/** A page as the OpenAI API has it; `after` of the next one is `last_id`. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    object: z.literal('list'),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  });
}

export function pageOf<Item extends { readonly id: string }>(data: readonly Item[], hasMore: boolean) {
  return {
    object: 'list',
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  } as const;
}
