import { readUsageMonth } from '#server/domain/usage/read-usage-month.ts';
import { readUsageOverview } from '#server/domain/usage/read-usage-overview.ts';
import { usageOverviewSchema } from '#server/domain/usage/schema.ts';
import { router, workspaceProcedure } from '../trpc.ts';

export const usageRouter = router({
  overview: workspaceProcedure('usage:read')
    .input(usageOverviewSchema)
    .query(({ ctx, input }) => readUsageOverview(ctx.services, { ...input, workspaceId: ctx.workspace.id })),
  month: workspaceProcedure('usage:read').query(({ ctx }) => readUsageMonth(ctx.services, ctx.workspace)),
});
