import { passwordChangedMail } from '../mail/account-mails.ts';
import { enforceRateLimit } from '../rate-limits/rate-limiter.ts';
import { confirmAddress } from './confirm-address.ts';
import { consumeMailLink, linkExpired } from './consume-mail-link.ts';
import { hashMailToken } from './mail-link.ts';
import { hashPassword } from './password-hash.ts';
import { assertStrongPassword } from './password-strength.ts';
import type { AccountDependencies } from './sign-up.ts';

/** Puts the new password in force and signs out every session: whoever had the old one is out. */
export async function resetPassword(
  { db, clock, rateLimiter, mailQueue, webUrl }: AccountDependencies,
  { token, password, address }: { token: string; password: string; address: string },
): Promise<void> {
  await enforceRateLimit(rateLimiter, 'signInByAddress', address);
  const link = await db.emailToken.findUnique({ where: { tokenHash: hashMailToken(token) } });
  const user = link && (await db.user.findUnique({ where: { id: link.userId } }));
  if (!user) throw linkExpired();
  // A link survives a weak password: it is used up only below.
  await assertStrongPassword(password, [user.email, ...(user.name ? [user.name] : [])]);
  const passwordHash = await hashPassword(password);

  await db.$transaction(async (transaction) => {
    const { userId } = await consumeMailLink({ transaction, clock }, { token, purpose: 'reset_password' });
    await confirmAddress({ transaction, clock }, { userId, passwordHash });
    await transaction.session.updateMany({
      where: { userId, revokedAt: null },
      data: { revokedAt: clock.now() },
    });
    await mailQueue.enqueue(transaction, passwordChangedMail(user.email, webUrl));
  });
}
