import type { Batch } from '#prisma/generated/client.ts';
import type { Database } from '../database.ts';
import { findBatch } from './find-batch.ts';

/** The newest first. */
export async function listBatches(
  dependencies: { db: Database },
  { workspaceId, after, limit }: { workspaceId: string; after: string | undefined; limit: number },
): Promise<{ readonly batches: readonly Batch[]; readonly hasMore: boolean }> {
  const from =
    after === undefined ? null : await findBatch(dependencies, { workspaceId, id: after, param: 'after' });
  const found = await dependencies.db.batch.findMany({
    where: {
      workspaceId,
      ...(from && {
        OR: [{ createdAt: { lt: from.createdAt } }, { createdAt: from.createdAt, id: { lt: from.id } }],
      }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return { batches: found.slice(0, limit), hasMore: found.length > limit };
}
