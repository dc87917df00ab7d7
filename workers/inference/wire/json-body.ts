import type { z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { requestLimits } from '#server/domain/rate-limits/limits.ts';
import type { BodyReader, IncomingBody } from '../endpoint.ts';
import { issueToError } from '../errors/issue-to-error.ts';
import { hasMoreJsonParts } from './json-parts.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const json = /^application\/json\s*(?:;|$)/i;
const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i;
const utf8Names = /^(?:utf-?8|us-ascii)$/i;

/** For endpoints that take JSON alone. */
export function jsonBody<Input>(schema: z.ZodType<Input>): BodyReader<Input> {
  return async (incoming) => parseAs(schema, await readJson(incoming));
}

export async function readJson({ contentType, readBody }: IncomingBody): Promise<unknown> {
  if (!isJson(contentType)) {
    throw new DomainError('unsupported_media_type', 'Send the body as Content-Type: application/json.');
  }
  return parseJson(await readBody());
}

/** Other parameters than a charset say nothing about JSON, and some clients send them. */
export function isJson(contentType: string): boolean {
  if (!json.test(contentType)) return false;
  const named = charset.exec(contentType)?.[1];
  return named === undefined || utf8Names.test(named);
}

export function parseJson(bytes: Uint8Array): unknown {
  const { jsonPartsMax } = requestLimits;
  if (hasMoreJsonParts(bytes, jsonPartsMax)) {
    const sentence = `A JSON body has at most ${jsonPartsMax} strings, lists and objects.`;
    throw new DomainError('payload_too_large', sentence);
  }
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    // The parser's own sentence quotes the input.
    throw new DomainError('invalid_json', 'The body is not JSON in UTF-8.');
  }
}

export function parseAs<Input>(schema: z.ZodType<Input>, value: unknown): Input {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw issueToError(parsed.error.issues);
  return parsed.data;
}
