import type { Readable } from 'node:stream';
import { DomainError } from '#server/domain/errors.ts';
import type { Received } from './request-scope.ts';

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
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const take = (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      try {
        if (bytes > bytesMax) throw bodyTooLarge(bytesMax);
        onBytes?.(chunk.byteLength);
        chunks.push(chunk);
      } catch (error) {
        end(() => reject(error));
      }
    };
    const finish = () =>
      end(() => resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, bytes)));
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
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength;
    if (bytes > bytesMax) throw bodyTooLarge(bytesMax);
    onBytes?.(chunk.value.byteLength);
    chunks.push(chunk.value);
  }
  return Buffer.concat(chunks);
}

export function bodyTooLarge(bytesMax: number): DomainError {
  return new DomainError('payload_too_large', `The body is larger than ${bytesMax} bytes.`);
}

function bodyTooSlow(timeoutMs: number): DomainError {
  return new DomainError('request_timeout', `The body did not arrive within ${timeoutMs} ms.`);
}
