import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { enforceRateLimit, type RateLimiter } from '../rate-limits/rate-limiter.ts';
import { startSession } from '../sessions/start-session.ts';
import { confirmAddress } from './confirm-address.ts';
import { consumeMailLink } from './consume-mail-link.ts';

/** The link of a sign-up: confirms the address and signs in. */
export async function signInWithLink(
  { db, clock, rateLimiter }: { db: Database; clock: Clock; rateLimiter: RateLimiter },
  { token, address, userAgent }: { token: string; address: string; userAgent: string },
): Promise<{ readonly sessionId: string }> {
  await enforceRateLimit(rateLimiter, 'signInByAddress', address);
  return db.$transaction(async (transaction) => {
    const link = await consumeMailLink({ transaction, clock }, { token, purpose: 'confirm_address' });
    await confirmAddress({ transaction, clock }, link);
    return startSession({ transaction, clock }, { userId: link.userId, userAgent });
  });
}
