import { z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { parseAs, parseJson } from '../json-body.ts';

export interface ParsedLine {
  readonly customId: string;
  /** JSON. */
  readonly body: string;
}

const schema = z.object({
  custom_id: z
    .string('Give a custom_id, a text.')
    .min(1, 'custom_id is empty.')
    .max(
      batchLimits.customIdCharactersMax,
      `custom_id has more than ${batchLimits.customIdCharactersMax} characters.`,
    ),
  method: z.literal('POST', 'method must be POST.'),
  url: z.string('Give the url, the path that the batch names as its endpoint.'),
  body: z.looseObject({}, 'Give the body, an object.'),
});

/** Throws what is wrong with the line. */
export function parseLine(bytes: Buffer | null, endpoint: string): ParsedLine {
  if (bytes === null) {
    throw new DomainError('payload_too_large', `The line has more than ${batchLimits.lineBytesMax} bytes.`);
  }
  const line = parseAs(schema, parseLineJson(bytes));
  if (line.url !== endpoint) {
    throw new DomainError('invalid_request', `url must be ${endpoint}, the endpoint of the batch.`, {
      param: 'url',
    });
  }
  if (line.body.stream === true) {
    throw new DomainError('invalid_request', 'A line of a batch has nobody to stream to.', {
      param: 'body.stream',
    });
  }
  return { customId: line.custom_id, body: toJson(line.body) };
}

function parseLineJson(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'payload_too_large') throw error;
    throw new DomainError('invalid_json', 'The line is not JSON in UTF-8.');
  }
}

/** What is nested so deeply that it can be read but not written is no request of any endpoint. */
function toJson(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new DomainError('invalid_json', 'The body is nested too deeply.', { param: 'body' });
  }
}
