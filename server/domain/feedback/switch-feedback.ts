import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';

export interface SwitchFeedback {
  readonly workspaceId: string;
  readonly userId: string;
  readonly keepsFeedback: boolean;
}

/** Off also deletes what was kept: a switch that says nothing is stored has to be true at once. */
export async function switchFeedback(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, userId, keepsFeedback }: SwitchFeedback,
): Promise<void> {
  await db.$transaction(async (transaction) => {
    const { count: changed } = await transaction.workspace.updateMany({
      where: { id: workspaceId, keepsFeedback: !keepsFeedback },
      data: { keepsFeedback },
    });
    if (changed === 0) return;
    const deleted = keepsFeedback
      ? 0
      : (await transaction.feedback.deleteMany({ where: { workspaceId } })).count;
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: keepsFeedback ? 'feedback.switched_on' : 'feedback.switched_off',
      targetId: workspaceId,
      detail: { deleted },
      at: clock.now(),
    });
  });
}
