import type { Clock } from '../clock.ts';
import type { Transaction } from '../database.ts';
import { workspaceLimits } from '../rate-limits/limits.ts';
import { insertWorkspace } from './insert-workspace.ts';

/** Named after the person until they rename it. */
export async function createFirstWorkspace(
  dependencies: { transaction: Transaction; clock: Clock },
  { id, name, email }: { id: string; name: string | null; email: string },
): Promise<void> {
  const wanted = name ?? email.slice(0, email.indexOf('@'));
  await insertWorkspace(dependencies, {
    name: [...wanted].slice(0, workspaceLimits.nameCharactersMax).join(''),
    ownerUserId: id,
    planId: 'free',
  });
}
