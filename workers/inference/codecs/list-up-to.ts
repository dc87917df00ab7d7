import { z } from '@hono/zod-openapi';

/**
 * A longer list is refused before anything in it is looked at: a body has room for half a million numbers, each of which would
 * be told what is wrong with it, before anybody was asked for the key.
 */
export function listUpTo<List extends z.ZodType>(
  itemsMax: number,
  { list, tooMany }: { readonly list: List; readonly tooMany: string },
) {
  return z.preprocess((value, context) => {
    if (!Array.isArray(value) || value.length <= itemsMax) return value;
    context.addIssue({ code: 'custom', message: tooMany });
    return z.NEVER;
  }, list);
}
