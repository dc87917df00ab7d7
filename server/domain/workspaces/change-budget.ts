import { recordAuditEvent } from '../audit/record-audit-event.ts';
import { type Budget, budgetOf } from '../billing/budget.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';

/** In force at every gateway from the commit on. Null: none. */
export async function changeBudget(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, userId, budget }: { workspaceId: string; userId: string; budget: Budget | null },
): Promise<void> {
  await db.$transaction(async (transaction) => {
    const was = await transaction.allowance.findUniqueOrThrow({ where: { workspaceId } });
    await transaction.allowance.update({
      where: { workspaceId },
      data: {
        budgetMicroUsd: budget ? BigInt(budget.microUsd) : null,
        budgetIsHard: budget?.isHard ?? true,
      },
    });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'workspace.budget_changed',
      targetId: workspaceId,
      detail: { budget: { from: JSON.stringify(budgetOf(was)), to: JSON.stringify(budget) } },
      at: clock.now(),
    });
  });
}
