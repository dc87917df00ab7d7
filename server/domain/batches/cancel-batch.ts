import type { Batch } from '#prisma/generated/client.ts';
import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { findBatch } from './find-batch.ts';

export interface BatchCancellation {
  readonly workspaceId: string;
  readonly id: string;
  /** The member who cancels it; left out where a key does. */
  readonly userId?: string;
}

/** What is under way is answered; the gateway that runs it then writes the files of what was answered. Safe to repeat. */
export async function cancelBatch(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, id, userId }: BatchCancellation,
): Promise<Batch> {
  await findBatch({ db }, { workspaceId, id });
  await db.$transaction(async (transaction) => {
    const at = clock.now();
    const { count } = await transaction.batch.updateMany({
      where: { id, workspaceId, status: { in: ['validating', 'in_progress'] } },
      data: { status: 'cancelling', cancellingAt: at },
    });
    if (count === 0 || userId === undefined) return;
    const cancelled = { action: 'batch.cancelled', targetId: id, at } as const;
    await recordAuditEvent(transaction, { workspaceId, actorUserId: userId, ...cancelled });
  });
  const batch = await findBatch({ db }, { workspaceId, id });
  if (batch.status === 'cancelling' || batch.status === 'cancelled') return batch;
  throw new DomainError('conflict', `The batch is ${batch.status}: there is nothing left to cancel.`);
}
