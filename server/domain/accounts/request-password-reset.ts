import { noAccountMail, resetPasswordMail } from '../mail/account-mails.ts';
import { enforceRateLimit } from '../rate-limits/rate-limiter.ts';
import { createMailLink } from './mail-link.ts';
import type { AccountDependencies } from './sign-up.ts';

/** Always one mail, so that neither the answer nor its time tells whether the address has an account. */
export async function requestPasswordReset(
  { db, clock, rateLimiter, mailQueue, webUrl }: AccountDependencies,
  { email, address }: { email: string; address: string },
): Promise<void> {
  await enforceRateLimit(rateLimiter, 'mailLinkByAddress', address);
  await enforceRateLimit(rateLimiter, 'mailLinkByEmail', email);
  await db.$transaction(async (transaction) => {
    const user = await transaction.user.findUnique({ where: { email } });
    if (!user) {
      await mailQueue.enqueue(transaction, noAccountMail(email, webUrl));
      return;
    }
    const url = await createMailLink(
      { transaction, clock, webUrl },
      { userId: user.id, purpose: 'reset_password' },
    );
    await mailQueue.enqueue(transaction, resetPasswordMail(email, url));
  });
}
