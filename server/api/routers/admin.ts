import { readAdminOverview } from '#server/domain/admin/read-admin-overview.ts';
import { operatorProcedure, router } from '../trpc.ts';

export const adminRouter = router({
  overview: operatorProcedure.query(({ ctx }) => readAdminOverview(ctx.services)),
});
