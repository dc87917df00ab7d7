import { mintDemoToken } from '#server/domain/demo/mint-demo-token.ts';
import { publicProcedure, router } from '../trpc.ts';

export const demoRouter = router({
  token: publicProcedure.mutation(({ ctx }) => mintDemoToken(ctx.services, { address: ctx.address })),
});
