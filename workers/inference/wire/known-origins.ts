import type { Clock } from '#server/domain/clock.ts';
import type { Logger } from '#server/domain/logger.ts';
import { apiKeyLimits } from '#server/domain/rate-limits/limits.ts';
import { untilAborted } from '#server/platform/until-aborted.ts';
import type { AddressBuckets } from './address-buckets.ts';

export interface KnownOrigins {
  /** Whether some key names the origin. `address` is who asks. */
  has(origin: string, address: string): Promise<boolean>;
}

export interface KnownOriginsOptions {
  find(origin: string): Promise<boolean>;
  /** Looking one up needs no key, so each address has a bucket for it. */
  readonly lookUps: AddressBuckets;
  readonly clock: Clock;
  readonly logger: Logger;
}

const keptMax = 1_000;
const shape = /^https?:\/\/[^\s/]{1,253}$/;

/**
 * Kept for seconds, in bounds: this only says what a browser may hand to a page. What a key may do is never kept. Fails
 * closed: without an answer of the database the page reads nothing.
 */
export function createKnownOrigins({ find, lookUps, clock, logger }: KnownOriginsOptions): KnownOrigins {
  const kept = new Map<string, { readonly known: Promise<boolean>; readonly untilMs: number }>();

  return {
    has(origin, address) {
      const nowMs = clock.now().getTime();
      const found = kept.get(origin);
      if (found && found.untilMs > nowMs) return found.known;
      if (!shape.test(origin)) return Promise.resolve(false);
      // Whoever asks for many must not take answers from the pages of others behind the same address.
      if (!lookUps.take(address).allowed) return found?.known ?? Promise.resolve(false);
      const inTime = AbortSignal.timeout(apiKeyLimits.originLookUpMs);
      const known = untilAborted(find(origin), inTime).catch((error: unknown) => {
        kept.delete(origin);
        logger.warn({ err: error }, 'An origin could not be looked up.');
        return false;
      });
      kept.delete(origin);
      kept.set(origin, { known, untilMs: nowMs + apiKeyLimits.originsKeptMs });
      if (kept.size > keptMax) dropOldest(kept);
      return known;
    },
  };
}

function dropOldest(kept: Map<string, unknown>) {
  const oldest = kept.keys().next();
  if (!oldest.done) kept.delete(oldest.value);
}
