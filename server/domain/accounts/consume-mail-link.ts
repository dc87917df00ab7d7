import type { Clock } from '../clock.ts';
import type { Transaction } from '../database.ts';
import { DomainError } from '../errors.ts';
import { hashMailToken, type MailLinkPurpose } from './mail-link.ts';

export function linkExpired(): DomainError {
  return new DomainError('link_expired', 'This link has expired or was used already. Ask for a new one.');
}

/** Uses a link up, and every other link of its user with it. Of two at once, one wins. */
export async function consumeMailLink(
  { transaction, clock }: { transaction: Transaction; clock: Clock },
  { token, purpose }: { token: string; purpose: MailLinkPurpose },
): Promise<{ readonly userId: string; readonly passwordHash: string | null }> {
  const now = clock.now();
  const tokenHash = hashMailToken(token);
  // Each ends the others, so of two links of one user the second waits: they would wait for one another's rows.
  await transaction.$queryRaw`
    SELECT 1 FROM users u JOIN email_tokens t ON t.user_id = u.id WHERE t.token_hash = ${tokenHash} FOR UPDATE OF u`;
  const used = await transaction.emailToken.updateMany({
    where: { tokenHash, purpose, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  if (used.count !== 1) throw linkExpired();
  const link = await transaction.emailToken.findUniqueOrThrow({ where: { tokenHash } });
  await transaction.emailToken.updateMany({
    where: { userId: link.userId, usedAt: null },
    data: { usedAt: now },
  });
  return { userId: link.userId, passwordHash: link.passwordHash };
}
