import type { Clock } from '../clock.ts';
import type { Transaction } from '../database.ts';
import { createFirstWorkspace } from '../workspaces/create-first-workspace.ts';

/** The mailbox is theirs. From here on there is an account, and it has a workspace. */
export async function confirmAddress(
  { transaction, clock }: { transaction: Transaction; clock: Clock },
  { userId, passwordHash }: { userId: string; passwordHash: string | null },
): Promise<void> {
  const user = await transaction.user.update({
    where: { id: userId },
    data: passwordHash ? { passwordHash } : {},
  });
  if (user.emailVerifiedAt) return;
  await transaction.user.update({ where: { id: userId }, data: { emailVerifiedAt: clock.now() } });
  await createFirstWorkspace({ transaction, clock }, user);
}
