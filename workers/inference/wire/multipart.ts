import { DomainError } from '#server/domain/errors.ts';

export interface FormPart {
  readonly name: string;
  /** A view of the body, not a copy. */
  readonly bytes: Uint8Array;
}

export const partHeadersBytesMax = 8_192;
const lineEnd = '\r\n';
const headersEnd = '\r\n\r\n';

/**
 * The parts of a multipart/form-data body (RFC 7578), one by one, so that whoever reads them stops at one too many. Our
 * own, because `Request.formData()` copies every picture, turns one that was sent without a file name into a
 * text, refuses file names as clients write them, and says of nothing what is wrong with it.
 */
export function* formParts(body: Uint8Array, contentType: string): Generator<FormPart> {
  const boundary = boundaryOf(contentType);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`${lineEnd}--${boundary}`, 'latin1');
  let at = afterFirst(bytes, delimiter);
  while (bytes.toString('latin1', at, at + 2) !== '--') {
    const headersAt = bytes.indexOf(lineEnd, at);
    // Between a boundary and the end of its line there may be blanks (RFC 2046).
    if (headersAt < 0 || bytes.toString('latin1', at, headersAt).trim() !== '') throw malformed();
    const head = bytes.subarray(headersAt, headersAt + partHeadersBytesMax);
    const headLength = head.indexOf(headersEnd);
    if (headLength < 0) throw head.length < partHeadersBytesMax ? malformed() : headersTooLong();
    const start = headersAt + headLength + headersEnd.length;
    const end = bytes.indexOf(delimiter, start);
    if (end < 0) throw malformed();
    yield { name: nameOf(head.toString('utf8', 0, headLength)), bytes: bytes.subarray(start, end) };
    at = end + delimiter.length;
  }
}

export function boundaryOf(contentType: string): string {
  const found = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary !== undefined) return boundary;
  throw new DomainError(
    'invalid_request',
    'Content-Type: multipart/form-data has no boundary. Leave the header to the HTTP client, which writes it.',
  );
}

/** The first boundary needs no line in front of it. */
function afterFirst(bytes: Buffer, delimiter: Buffer): number {
  const bare = delimiter.subarray(lineEnd.length);
  if (bytes.subarray(0, bare.length).equals(bare)) return bare.length;
  const found = bytes.indexOf(delimiter);
  if (found < 0) throw malformed();
  return found + delimiter.length;
}

function nameOf(head: string): string {
  return dispositionOf(head).name;
}

/** What a part's head says of it. The file's name is as clients write it: raw UTF-8. */
export function dispositionOf(head: string): {
  readonly name: string;
  readonly filename: string | undefined;
} {
  if (/^content-transfer-encoding:[ \t]*(?:base64|quoted-printable)/im.test(head)) {
    throw new DomainError('invalid_request', 'Send the parts of the form as they are, not encoded.');
  }
  const disposition = /^content-disposition:[ \t]*form-data([^\r\n]*)/im.exec(head)?.[1] ?? '';
  const found = new Map<string, string>();
  for (const [, parameter, quoted, plain] of disposition.matchAll(
    /;\s*([^\s=;"]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;"\s]*))/g,
  )) {
    const key = parameter?.toLowerCase() ?? '';
    if (!found.has(key)) found.set(key, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  const name = found.get('name');
  if (!name) throw new DomainError('invalid_request', 'A part of the form has no name.');
  return { name, filename: found.get('filename') };
}

function headersTooLong(): DomainError {
  return new DomainError(
    'invalid_request',
    `The headers of a part of the form have at most ${partHeadersBytesMax} bytes. Shorten its file name.`,
  );
}

export function malformed(): DomainError {
  return new DomainError(
    'invalid_request',
    'The form is cut short, or its parts are not divided by the boundary that Content-Type names.',
  );
}
