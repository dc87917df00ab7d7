import type { Batch } from '#prisma/generated/client.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { findBatch } from './find-batch.ts';

/** What is under way is answered; the gateway that runs it then writes the files of what was answered. Safe to repeat. */
export async function cancelBatch(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<Batch> {
  await findBatch({ db }, { workspaceId, id });
  await db.batch.updateMany({
    where: { id, workspaceId, status: { in: ['validating', 'in_progress'] } },
    data: { status: 'cancelling', cancellingAt: clock.now() },
  });
  const batch = await findBatch({ db }, { workspaceId, id });
  if (batch.status === 'cancelling' || batch.status === 'cancelled') return batch;
  throw new DomainError('conflict', `The batch is ${batch.status}: there is nothing left to cancel.`);
}
