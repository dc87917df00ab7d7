import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { addressTakenMail, confirmAddressMail } from '../mail/account-mails.ts';
import type { MailQueue } from '../mail/mail.ts';
import { enforceRateLimit, type RateLimiter } from '../rate-limits/rate-limiter.ts';
import { createMailLink } from './mail-link.ts';
import { hashPassword } from './password-hash.ts';
import { assertStrongPassword } from './password-strength.ts';

export interface AccountDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly rateLimiter: RateLimiter;
  readonly mailQueue: MailQueue;
  readonly webUrl: string;
}

export interface SignUp {
  readonly email: string;
  readonly password: string;
  readonly name?: string | undefined;
  readonly address: string;
}

/**
 * Whether the address is new or taken, the same work is done (one hash, one transaction, one mail) and the same is
 * answered; only its owner's mailbox tells.
 *
 * An address that is not confirmed yet may be signed up again, by its owner or by somebody who hopes that the owner
 * will click. So each link carries the password that was given with it, and confirming puts that one in force.
 */
export async function signUp(dependencies: AccountDependencies, request: SignUp): Promise<void> {
  const { db, clock, rateLimiter, mailQueue, webUrl } = dependencies;
  const { email, password, name, address } = request;
  // Judging a password takes a tenth of a second of processor time, so it is limited too.
  await enforceRateLimit(rateLimiter, 'signUpByAddress', address);
  await assertStrongPassword(password, [email, ...(name ? [name] : [])]);
  await enforceRateLimit(rateLimiter, 'mailLinkByEmail', email);
  const passwordHash = await hashPassword(password);

  await db.$transaction(async (transaction) => {
    // Two sign-ups of one address at once: one inserts, the other finds the row.
    await transaction.user.createMany({
      data: { id: uuidv7(), email, name: name ?? null, passwordHash, createdAt: clock.now() },
      skipDuplicates: true,
    });
    const user = await transaction.user.findUniqueOrThrow({ where: { email } });
    // By the statement itself: who follows a link at this moment has an account, and its password is no stranger's to set.
    const pending = await transaction.user.updateMany({
      where: { id: user.id, emailVerifiedAt: null },
      data: { passwordHash, name: name ?? user.name },
    });
    if (pending.count === 0) {
      await mailQueue.enqueue(transaction, addressTakenMail(email, webUrl));
      return;
    }
    const url = await createMailLink(
      { transaction, clock, webUrl },
      { userId: user.id, purpose: 'confirm_address', passwordHash },
    );
    await mailQueue.enqueue(transaction, confirmAddressMail(email, url));
  });
}
