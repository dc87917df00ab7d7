import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';

/** The slug stays: addresses that were kept go on working. */
export async function renameWorkspace(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, name, userId }: { workspaceId: string; name: string; userId: string },
): Promise<void> {
  await db.$transaction(async (transaction) => {
    await transaction.workspace.update({ where: { id: workspaceId }, data: { name } });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'workspace.renamed',
      targetId: workspaceId,
      detail: { name },
      at: clock.now(),
    });
  });
}
