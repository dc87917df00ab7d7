import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Transaction } from '../database.ts';
import { mailLinkLimits } from '../rate-limits/limits.ts';

export type MailLinkPurpose = 'confirm_address' | 'reset_password';

const lifetimeMs = {
  confirm_address: mailLinkLimits.confirmAddressMs,
  reset_password: mailLinkLimits.resetPasswordMs,
} as const satisfies Record<MailLinkPurpose, number>;

const page = { confirm_address: 'confirm', reset_password: 'reset' } as const satisfies Record<
  MailLinkPurpose,
  string
>;

export interface NewMailLink {
  readonly userId: string;
  readonly purpose: MailLinkPurpose;
  /** The password that confirming by this very link puts in force; see sign-up.ts. */
  readonly passwordHash?: string;
}

/** A single-use link. The token stands in the fragment, so that no request line, log or referrer ever has it. */
export async function createMailLink(
  { transaction, clock, webUrl }: { transaction: Transaction; clock: Clock; webUrl: string },
  { userId, purpose, passwordHash }: NewMailLink,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const now = clock.now();
  await transaction.emailToken.create({
    data: {
      tokenHash: hashMailToken(token),
      userId,
      purpose,
      passwordHash: passwordHash ?? null,
      createdAt: now,
      expiresAt: new Date(now.getTime() + lifetimeMs[purpose]),
    },
  });
  return `${webUrl}/${page[purpose]}#token=${token}`;
}

/** SHA-256: a token has 256 random bits, so a slow hash would add nothing. */
export function hashMailToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
