import type { Clock } from '#server/domain/clock.ts';
import type { RateLimit } from '#server/domain/rate-limits/limits.ts';
import type { RateLimitVerdict } from '#server/domain/rate-limits/rate-limiter.ts';

export interface AddressBuckets {
  take(address: string): RateLimitVerdict;
  readonly size: number;
}

interface Bucket {
  tokens: number;
  refilledAtMs: number;
}

/**
 * Token buckets in this process's memory, for what must not reach the database. Bounded: when it is full the bucket
 * that was used longest ago goes, and whoever has more addresses than that was not held up by a bucket anyway.
 */
export function createAddressBuckets({
  limit,
  clock,
  addressesMax = 10_000,
}: {
  readonly limit: RateLimit;
  readonly clock: Clock;
  readonly addressesMax?: number;
}): AddressBuckets {
  const buckets = new Map<string, Bucket>();
  const msPerToken = limit.windowMs / limit.capacity;

  return {
    take(address) {
      const nowMs = clock.now().getTime();
      const was = buckets.get(address) ?? { tokens: limit.capacity, refilledAtMs: nowMs };
      const refilled = Math.max(0, nowMs - was.refilledAtMs) / msPerToken;
      const tokens = Math.min(limit.capacity, was.tokens + refilled);
      const allowed = tokens >= 1;
      buckets.delete(address);
      buckets.set(address, { tokens: allowed ? tokens - 1 : tokens, refilledAtMs: nowMs });
      if (buckets.size > addressesMax) dropOldest(buckets);
      return allowed ? { allowed } : { allowed, retryAfterMs: Math.ceil((1 - tokens) * msPerToken) };
    },
    get size() {
      return buckets.size;
    },
  };
}

function dropOldest(buckets: Map<string, Bucket>) {
  const oldest = buckets.keys().next();
  if (!oldest.done) buckets.delete(oldest.value);
}
