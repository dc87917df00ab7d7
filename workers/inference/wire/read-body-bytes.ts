import type { Readable } from 'node:stream';
import { DomainError } from '#server/domain/errors.ts';
import { BytePieces } from '#server/platform/byte-pieces.ts';
import type { Received } from '../request-scope.ts';

export interface BodyLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

export interface ReadBodyOptions {
  readonly limits: BodyLimits;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Counted while it comes; of each piece `onBytes` is told before it is kept. */
export function readBodyBytes(
  { request, incoming }: Pick<Received, 'request' | 'incoming'>,
  { limits, onBytes }: ReadBodyOptions,
): Promise<Uint8Array> {
  const { bytesMax, timeoutMs } = limits;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(bodyTooSlow(timeoutMs)), timeoutMs);
    const reading = incoming
      ? readIncoming(incoming, bytesMax, onBytes)
      : readCounted(request, bytesMax, onBytes);
    reading.then(
      (bytes) => {
        clearTimeout(timer);
        resolve(bytes);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** Whatever ends it, the connection stays as it is: the answer goes over it. */
function readIncoming(
  incoming: Readable,
  bytesMax: number,
  onBytes: ReadBodyOptions['onBytes'],
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces = new BytePieces();
    const take = (chunk: Uint8Array) => {
      try {
        if (pieces.bytes + chunk.byteLength > bytesMax) throw bodyTooLarge(bytesMax);
        onBytes?.(chunk.byteLength);
        pieces.add(chunk);
      } catch (error) {
        end(() => reject(error));
      }
    };
    const finish = () => end(() => resolve(pieces.joined()));
    const fail = (error?: Error) => end(() => reject(error ?? new Error('The body was cut off.')));
    const end = (settle: () => void) => {
      incoming.off('data', take).off('end', finish).off('error', fail).off('close', fail).pause();
      settle();
    };
    incoming.on('data', take).on('end', finish).on('error', fail).on('close', fail);
  });
}

async function readCounted(
  request: Request,
  bytesMax: number,
  onBytes: ReadBodyOptions['onBytes'],
): Promise<Uint8Array> {
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  const pieces = new BytePieces();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    if (pieces.bytes + chunk.value.byteLength > bytesMax) throw bodyTooLarge(bytesMax);
    onBytes?.(chunk.value.byteLength);
    pieces.add(chunk.value);
  }
  return pieces.joined();
}

export function bodyTooLarge(bytesMax: number): DomainError {
  return new DomainError('payload_too_large', `The body is larger than ${bytesMax} bytes.`);
}

function bodyTooSlow(timeoutMs: number): DomainError {
  return new DomainError('request_timeout', `The body did not arrive within ${timeoutMs} ms.`);
}
