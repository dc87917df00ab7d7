import type { Batch } from '#prisma/generated/client.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';

/** By workspace and id together: another workspace's batch does not exist here. */
export async function findBatch(
  { db }: { db: Pick<Database, 'batch'> },
  { workspaceId, id, param = 'batch_id' }: { workspaceId: string; id: string; param?: string },
): Promise<Batch> {
  const batch = await db.batch.findFirst({ where: { id, workspaceId } });
  if (!batch) throw new DomainError('not_found', 'There is no such batch in this workspace.', { param });
  return batch;
}
