import { createHmac } from 'node:crypto';
import { DomainError } from '#server/domain/errors.ts';
import { idempotencyLimits } from '#server/domain/rate-limits/limits.ts';
import type { WithKey } from '../stages/read-key.ts';
import { boundaryOf } from './multipart.ts';

export const idempotencyHeader = 'idempotency-key';
const visibleAscii = /^[\x21-\x7e]+$/;
/** Far more than a form has that is taken. A boundary of one letter may stand in a picture millions of times. */
const formPartsMax = 1_000;
const quotedString = /^"((?:[^"\\]|\\["\\])+)"$/;

/** A string of structured fields (draft-ietf-httpapi-idempotency-key-header), or bare as most clients send it. */
export function parseIdempotencyKey(header: string): string {
  const sent = header.trim();
  // What begins with a quote and is no string is neither.
  const name = sent.startsWith('"')
    ? (quotedString.exec(sent)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? '')
    : sent;
  if (visibleAscii.test(name) && name.length <= idempotencyLimits.charactersMax) return name;
  const sentence = `Idempotency-Key has 1 to ${idempotencyLimits.charactersMax} visible ASCII characters without blanks, such as a UUID.`;
  throw new DomainError('invalid_request', sentence, { param: 'Idempotency-Key' });
}

/**
 * MACs under the API key as it was sent. The database has only its hash, so whoever reads the database can't find out by
 * trying what was sent.
 */
export function nameMac(apiKey: string, name: string): Buffer {
  return createHmac('sha256', apiKey).update('name\0').update(name).digest();
}

export interface SentRequest {
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Of a request whose body was read. */
export function macsOf(
  context: Pick<WithKey, 'key' | 'request' | 'header' | 'sent'>,
  name: string,
): { readonly nameMac: Buffer; readonly requestMac: Buffer } {
  const { key, request, sent } = context;
  return {
    nameMac: nameMac(key.text, name),
    requestMac: requestMac(key.text, {
      path: new URL(request.url).pathname,
      contentType: context.header('content-type') ?? '',
      body: sent?.body ?? new Uint8Array(),
    }),
  };
}

/** A form that is sent again has another boundary between the same parts. */
export function requestMac(apiKey: string, { path, contentType, body }: SentRequest): Buffer {
  const mac = createHmac('sha256', apiKey).update('request\0').update(path).update('\0');
  const isForm = /^multipart\//i.test(contentType);
  const delimiter = isForm ? Buffer.from(`--${boundaryOf(contentType)}`, 'latin1') : null;
  for (const part of delimiter ? splitBy(body, delimiter) : [body]) {
    // With its length, so that no two lists of parts look alike.
    mac.update(`${part.byteLength}\0`).update(part);
  }
  return mac.digest();
}

function* splitBy(body: Uint8Array, delimiter: Buffer): Generator<Uint8Array> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let from = 0;
  for (let parts = 0; parts < formPartsMax; parts++) {
    const at = bytes.indexOf(delimiter, from);
    if (at < 0) break;
    yield bytes.subarray(from, at);
    from = at + delimiter.length;
  }
  yield bytes.subarray(from);
}
