import { publicProcedure, router } from '../trpc.ts';

export const modelRouter = router({
  cards: publicProcedure.query(({ ctx }) => ctx.services.modelCards.list()),
});
