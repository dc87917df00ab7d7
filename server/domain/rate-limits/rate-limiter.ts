import { DomainError } from '../errors.ts';
import type { RateLimitName } from './limits.ts';

export type RateLimitVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterMs: number };

/** Counts calls by subject (an address, an email). Implementations must never store the subject in the clear. */
export interface RateLimiter {
  take(name: RateLimitName, subject: string, calls?: number): Promise<RateLimitVerdict>;
}

/** Fails closed: when the limiter throws, so does this, and the call is refused. */
export async function enforceRateLimit(
  rateLimiter: RateLimiter,
  name: RateLimitName,
  subject: string,
  calls = 1,
): Promise<void> {
  const verdict = await rateLimiter.take(name, subject, calls);
  if (verdict.allowed) return;
  const waitSeconds = Math.ceil(verdict.retryAfterMs / 1_000);
  throw new DomainError('rate_limit_exceeded', `Too many attempts. Try again in ${waitSeconds} s.`, {
    retryAfterMs: verdict.retryAfterMs,
  });
}
