import { DomainError } from '#server/domain/errors.ts';
import { imageLimits, outboundLimits } from '#server/domain/rate-limits/limits.ts';
import type { OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import type { FetchContext } from '../endpoint.ts';
import type { Picture, WithPictures } from './image-request.ts';
import { urlRefusedError } from './url-refused-error.ts';

/** A wish: what comes is decided by its bytes. */
const accept = 'image/*';

/** For requests that carry pictures, whatever else they ask. */
type FetchPictures = <Request extends WithPictures>(
  request: Request,
  context: FetchContext,
) => Promise<Request>;

/**
 * Brings the pictures that a request only points at, a few at a time and within one time limit. The first that fails
 * ends the others.
 */
export function pointsElsewhere({ pictures }: WithPictures): boolean {
  return pictures.some(({ kind }) => kind !== 'bytes');
}

export function fetchPictures(fetchOutside: OutboundFetch): FetchPictures {
  return async (request, { signal, holdBytes }) => {
    if (!pointsElsewhere(request)) return request;
    const untilMs = performance.now() + outboundLimits.timeoutMs;
    const failing = new AbortController();
    const either = AbortSignal.any([signal, failing.signal]);
    const pictures = [...request.pictures];
    const waiting = pictures.entries();
    let fetchedBytes = 0;

    async function bring(picture: Picture): Promise<Picture> {
      if (picture.kind === 'bytes') return picture;
      const outcome = await fetchOutside(picture.url, {
        accept,
        bytesMax: imageLimits.pictureBytesMax,
        timeoutMs: Math.max(1, Math.ceil(untilMs - performance.now())),
        signal: either,
        onBytes(bytes) {
          fetchedBytes += bytes;
          if (fetchedBytes > imageLimits.fetchedBytesMax) throw tooManyBytes(picture.param);
          holdBytes(bytes);
        },
      });
      if (outcome.kind === 'refused') throw urlRefusedError(outcome.reason, picture.param);
      return { kind: 'bytes', bytes: outcome.bytes, param: picture.param };
    }

    async function takeTurns(): Promise<void> {
      for (const [index, picture] of waiting) pictures[index] = await bring(picture);
    }

    try {
      await Promise.all(Array.from({ length: imageLimits.fetchesAtOnceMax }, takeTurns));
    } catch (error) {
      failing.abort(error);
      throw error;
    }
    return { ...request, pictures };
  };
}

function tooManyBytes(param: string): DomainError {
  return new DomainError(
    'payload_too_large',
    `The pictures of a request have at most ${imageLimits.fetchedBytesMax} bytes together.`,
    { param },
  );
}
