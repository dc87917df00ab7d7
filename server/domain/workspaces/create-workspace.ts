import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { workspaceLimits } from '../rate-limits/limits.ts';
import { insertWorkspace } from './insert-workspace.ts';

export async function createWorkspace(
  { db, clock }: { db: Database; clock: Clock },
  { name, userId }: { name: string; userId: string },
): Promise<{ readonly id: string; readonly slug: string }> {
  return db.$transaction(async (transaction) => {
    // Locked, so that of two at the limit one waits and is then refused.
    await transaction.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
    const owned = await transaction.membership.count({ where: { userId, role: 'owner' } });
    if (owned >= workspaceLimits.ownedPerUserMax) {
      throw new DomainError('conflict', `A user owns at most ${workspaceLimits.ownedPerUserMax} workspaces.`);
    }
    return insertWorkspace({ transaction, clock }, { name, ownerUserId: userId, planId: 'free' });
  });
}
