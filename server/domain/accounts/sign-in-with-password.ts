import { DomainError } from '../errors.ts';
import { confirmAddressMail } from '../mail/account-mails.ts';
import { enforceRateLimit } from '../rate-limits/rate-limiter.ts';
import { startSession } from '../sessions/start-session.ts';
import { createMailLink } from './mail-link.ts';
import { nobodysPasswordHash, verifyPassword } from './password-hash.ts';
import type { AccountDependencies } from './sign-up.ts';

export interface PasswordSignIn {
  readonly email: string;
  readonly password: string;
  readonly address: string;
  readonly userAgent: string;
}

/** A wrong address and a wrong password are answered alike and take alike long. */
export async function signInWithPassword(
  dependencies: AccountDependencies,
  { email, password, address, userAgent }: PasswordSignIn,
): Promise<{ readonly sessionId: string }> {
  const { db, clock, rateLimiter } = dependencies;
  await enforceRateLimit(rateLimiter, 'signInByAddress', address);
  await enforceRateLimit(rateLimiter, 'signInByEmail', email);

  const user = await db.user.findUnique({ where: { email } });
  const right = await verifyPassword(password, user?.passwordHash ?? nobodysPasswordHash);
  if (!user || !right) throw wrongCredentials();
  if (!user.emailVerifiedAt) {
    await mailAnotherLink(dependencies, user);
    throw new DomainError('address_not_confirmed', 'Confirm your address first: the link is in your mail.');
  }
  return db.$transaction(async (transaction) => {
    // Verifying takes its time. Locked against a reset: either it ends this session too, or its password is seen here.
    const [now] = await transaction.$queryRaw<{ hash: string }[]>`
      SELECT password_hash AS hash FROM users WHERE id = ${user.id}::uuid FOR SHARE`;
    if (now?.hash !== user.passwordHash) throw wrongCredentials();
    return startSession({ transaction, clock }, { userId: user.id, userAgent });
  });
}

function wrongCredentials(): DomainError {
  return new DomainError('wrong_credentials', 'The email or the password is wrong.');
}

async function mailAnotherLink(
  { db, clock, rateLimiter, mailQueue, webUrl }: AccountDependencies,
  { id, email, passwordHash }: { id: string; email: string; passwordHash: string },
): Promise<void> {
  const { allowed } = await rateLimiter.take('mailLinkByEmail', email);
  // The links that were mailed before still work.
  if (!allowed) return;
  await db.$transaction(async (transaction) => {
    const url = await createMailLink(
      { transaction, clock, webUrl },
      { userId: id, purpose: 'confirm_address', passwordHash },
    );
    await mailQueue.enqueue(transaction, confirmAddressMail(email, url));
  });
}
