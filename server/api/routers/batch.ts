import { batchItemOf } from '#server/domain/batches/batch-item.ts';
import { cancelBatch } from '#server/domain/batches/cancel-batch.ts';
import { listBatches } from '#server/domain/batches/list-batches.ts';
import { mintBatchToken } from '#server/domain/batches/mint-batch-token.ts';
import { readBatch } from '#server/domain/batches/read-batch.ts';
import { type BatchPage, batchSchema, listBatchesSchema } from '#server/domain/batches/schema.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { router, workspaceProcedure } from '../trpc.ts';

const reads = workspaceProcedure('batches:read');
const manages = workspaceProcedure('batches:manage');

export const batchRouter = router({
  list: reads.input(listBatchesSchema).query(async ({ ctx, input }): Promise<BatchPage> => {
    const { batches, hasMore } = await listBatches(ctx.services, {
      workspaceId: ctx.workspace.id,
      after: input.cursor ?? undefined,
      limit: batchLimits.pageDefault,
    });
    return { items: batches.map(batchItemOf), hasMore };
  }),
  get: reads
    .input(batchSchema)
    .query(({ ctx, input }) => readBatch(ctx.services, { ...input, workspaceId: ctx.workspace.id })),
  cancel: manages.input(batchSchema).mutation(async ({ ctx, input }) => {
    const one = { workspaceId: ctx.workspace.id, id: input.batchId };
    return batchItemOf(await cancelBatch(ctx.services, { ...one, userId: ctx.user.id }));
  }),
  token: workspaceProcedure('batches:create').mutation(({ ctx }) =>
    mintBatchToken(ctx.services, { workspace: ctx.workspace, userId: ctx.user.id }),
  ),
});
