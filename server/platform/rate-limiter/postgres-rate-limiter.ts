import type { PrismaClient } from '#prisma/generated/client.ts';
import type { RateLimit, RateLimitName } from '#server/domain/rate-limits/limits.ts';
import type { RateLimiter } from '#server/domain/rate-limits/rate-limiter.ts';

export interface PostgresRateLimiterOptions {
  readonly db: PrismaClient;
  readonly hashSubject: (subject: string) => string;
  readonly limits: Readonly<Record<RateLimitName, RateLimit>>;
}

/**
 * Token buckets in the table that all processes share, by the database's clock. One statement takes the calls or
 * leaves the bucket as it is, so a call that is refused costs no write. When the database is away, take() throws.
 */
export function createPostgresRateLimiter({
  db,
  hashSubject,
  limits,
}: PostgresRateLimiterOptions): RateLimiter {
  return {
    async take(name, subject, calls = 1) {
      const { capacity, windowMs } = limits[name];
      if (calls > capacity) return { allowed: false, retryAfterMs: windowMs };
      const bucket = `${name}:${hashSubject(subject)}`;
      const perMs = capacity / windowMs;
      const taken = await db.$executeRaw`
        INSERT INTO rate_buckets AS b (bucket, requests, units, refilled_at)
        VALUES (${bucket}, ${capacity - calls}::float8, 0, clock_timestamp())
        ON CONFLICT (bucket) DO UPDATE
        SET requests = least(${capacity}::float8,
              b.requests + ${perMs}::float8 * greatest(0, extract(epoch FROM clock_timestamp() - b.refilled_at) * 1000)
            ) - ${calls}::float8,
            refilled_at = clock_timestamp()
        WHERE b.requests + ${perMs}::float8 * greatest(0, extract(epoch FROM clock_timestamp() - b.refilled_at) * 1000)
          >= ${calls}::float8`;
      if (taken === 1) return { allowed: true };

      const [left] = await db.$queryRaw<{ calls: number }[]>`
        SELECT requests + ${perMs}::float8 * greatest(0, extract(epoch FROM clock_timestamp() - refilled_at) * 1000)
          AS calls
        FROM rate_buckets WHERE bucket = ${bucket}`;
      const missing = Math.max(0, calls - (left?.calls ?? capacity));
      return { allowed: false, retryAfterMs: Math.max(1, Math.ceil(missing / perMs)) };
    },
  };
}
