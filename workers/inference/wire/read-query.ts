import type { z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { parseAs } from './json-body.ts';

/** As strict as a body: unknown parameters are refused by name, and so is one that is given twice. */
export function readQuery<Input>(schema: z.ZodType<Input>, query: URLSearchParams): Input {
  const input = parseAs(schema, Object.fromEntries(query));
  for (const name of query.keys()) {
    if (query.getAll(name).length > 1) {
      throw new DomainError('invalid_request', `${name} is given more than once.`, { param: name });
    }
  }
  return input;
}
