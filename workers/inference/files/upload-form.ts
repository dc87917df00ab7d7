import { DomainError } from '#server/domain/errors.ts';
import type { UploadedForm } from '#server/domain/files/create-file.ts';
import { fileLimits } from '#server/domain/rate-limits/limits.ts';
import { boundaryOf, dispositionOf, malformed, partHeadersBytesMax } from '../wire/multipart.ts';
import { bodyTooLarge } from '../wire/read-body-bytes.ts';

const multipart = /^multipart\/form-data\s*;/i;
const lineEnd = '\r\n';
const headersEnd = '\r\n\r\n';

/** `expires_after` as clients write an object into a form. */
const anchor = 'expires_after[anchor]';
const seconds = 'expires_after[seconds]';
const known: ReadonlySet<string> = new Set(['purpose', anchor, seconds]);
const secondsMin = fileLimits.lifetimeMinMs / 1_000;
const secondsMax = fileLimits.lifetimeMs / 1_000;

/** Of a whole body. */
export const uploadBytesMax = fileLimits.bytesMax + fileLimits.formBytesMax;

/** A multipart/form-data body (RFC 7578) with one file, whose bytes go on as they come: no more than a piece is in memory. */
export function uploadForm(contentType: string, body: AsyncIterable<Uint8Array>): UploadedForm {
  if (!multipart.test(contentType)) {
    throw new DomainError('unsupported_media_type', 'Send the file as Content-Type: multipart/form-data.');
  }
  const delimiter = Buffer.from(`${lineEnd}--${boundaryOf(contentType)}`, 'latin1');
  const fields = new Map<string, string>();
  let filename: string | undefined;

  async function* fileBytes(): AsyncGenerator<Uint8Array> {
    const source = body[Symbol.asyncIterator]();
    // The first boundary needs no line in front of it.
    let rest: Buffer = Buffer.from(lineEnd);
    let read = 0;
    const untilMs = performance.now() + fileLimits.uploadTimeoutMs;

    async function more(): Promise<void> {
      const next = await within(source.next(), untilMs);
      if (next.done) throw malformed();
      read += next.value.byteLength;
      if (read > uploadBytesMax) throw bodyTooLarge(uploadBytesMax);
      rest = rest.length === 0 ? Buffer.from(next.value) : Buffer.concat([rest, next.value]);
    }

    /** What stands before the mark, piece by piece; the mark is taken too. */
    async function* upTo(mark: Buffer): AsyncGenerator<Buffer> {
      for (;;) {
        const at = rest.indexOf(mark);
        if (at >= 0) {
          const before = rest.subarray(0, at);
          rest = rest.subarray(at + mark.length);
          if (before.length > 0) yield before;
          return;
        }
        // The mark may have begun at the end of what is here.
        const sure = rest.length - mark.length + 1;
        if (sure > 0) {
          const before = rest.subarray(0, sure);
          rest = rest.subarray(sure);
          yield before;
        }
        await more();
      }
    }

    async function small(mark: Buffer, bytesMax: number): Promise<string> {
      const kept: Buffer[] = [];
      let bytes = 0;
      for await (const piece of upTo(mark)) {
        bytes += piece.length;
        if (bytes > bytesMax) throw malformed();
        kept.push(piece);
      }
      return Buffer.concat(kept).toString('utf8');
    }

    await small(delimiter, partHeadersBytesMax);
    for (let parts = 0; ; parts++) {
      if (parts > fileLimits.fieldsMax)
        throw new DomainError('invalid_request', 'The form has too many parts.');
      while (rest.length < 2) await more();
      if (rest.toString('latin1', 0, 2) === '--') break;
      await small(Buffer.from(lineEnd), partHeadersBytesMax);
      const head = dispositionOf(await small(Buffer.from(headersEnd), partHeadersBytesMax));
      if (head.name !== 'file') {
        if (fields.has(head.name)) throw twice(head.name);
        fields.set(head.name, await small(delimiter, fileLimits.fieldBytesMax));
        continue;
      }
      if (filename !== undefined) throw twice('file');
      filename = toFilename(head.filename);
      yield* atMost(upTo(delimiter), fileLimits.bytesMax);
    }
    if (filename === undefined)
      throw new DomainError('invalid_request', 'Send a part file.', { param: 'file' });
    // The connection is answered once the body is read.
    for (let next = await within(source.next(), untilMs); !next.done; )
      next = await within(source.next(), untilMs);
  }

  return {
    pieces: fileBytes(),
    fields() {
      const unknown = [...fields.keys()].find((name) => !known.has(name));
      if (unknown !== undefined) {
        throw new DomainError('unknown_field', 'The form has a part beside file, purpose and expires_after.');
      }
      return {
        purpose: fields.get('purpose'),
        filename: filename ?? 'file',
        lifetimeMs: toLifetimeMs(fields.get(anchor), fields.get(seconds)),
      };
    },
  };
}

async function* atMost(pieces: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > bytesMax) {
      const sentence = `The file is larger than ${bytesMax} bytes.`;
      throw new DomainError('payload_too_large', sentence, { param: 'file' });
    }
    yield piece;
  }
}

function twice(name: string): DomainError {
  const param = name === 'file' || name === 'purpose' ? name : undefined;
  return new DomainError('invalid_request', 'The form has a part twice.', param ? { param } : {});
}

/** Undefined: as long as may be. */
function toLifetimeMs(from: string | undefined, after: string | undefined): number | undefined {
  if (from === undefined && after === undefined) return undefined;
  if (from === 'created_at' && after !== undefined && /^\d{1,9}$/.test(after)) {
    const asked = Number(after);
    if (asked >= secondsMin && asked <= secondsMax) return asked * 1_000;
  }
  const sentence = `expires_after has the anchor created_at, and seconds from ${secondsMin} to ${secondsMax}.`;
  throw new DomainError('invalid_request', sentence, { param: 'expires_after' });
}

function toFilename(given: string | undefined): string {
  // A NUL can not be stored; the rest is only ever shown.
  const name = [...(given ?? '').replaceAll(/\p{Cc}/gu, '')]
    .slice(0, fileLimits.filenameCharactersMax)
    .join('');
  return name || 'file';
}

async function within<Value>(promise: Promise<Value>, untilMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const sentence = `The file did not arrive within ${fileLimits.uploadTimeoutMs} ms.`;
    timer = setTimeout(
      () => reject(new DomainError('request_timeout', sentence)),
      untilMs - performance.now(),
    );
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
