import { describeSafetyPolicy } from '#server/domain/safety/describe-safety-policy.ts';
import { publicProcedure, router } from '../trpc.ts';

export const modelRouter = router({
  cards: publicProcedure.query(({ ctx }) => ctx.services.modelCards.list()),
  /** What a key can be restricted to. */
  callable: publicProcedure.query(({ ctx }) => ctx.services.modelCards.callable()),
  safety: publicProcedure.query(({ ctx }) => describeSafetyPolicy(ctx.services)),
});
