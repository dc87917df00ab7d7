import { randomUUID } from 'node:crypto';
import { parse, stringify } from 'uuid';

/**
 * A request's id is a UUIDv7, so it says when the request came and which partition of the ledger has its row.
 * Callers see it as `req_` and its 32 hexadecimal digits.
 */
export function newRequestId(): string {
  // RFC 9562: 48 bits of Unix milliseconds and the version, before the random bits of a version 4.
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

export function publicRequestId(requestId: string): string {
  return `req_${requestId.replaceAll('-', '')}`;
}

/** The id in what a caller sends back, or null if it is none. */
export function parsePublicRequestId(text: string): string | null {
  const digits = /^req_([0-9a-f]{32})$/.exec(text)?.[1];
  if (!digits) return null;
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  try {
    return stringify(parse(id));
  } catch {
    return null;
  }
}

/** When the request came, as its id says. */
export function requestedAt(requestId: string): Date {
  return new Date(Number.parseInt(requestId.slice(0, 8) + requestId.slice(9, 13), 16));
}
