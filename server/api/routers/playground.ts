import { mintPlaygroundToken } from '#server/domain/playground/mint-playground-token.ts';
import { router, workspaceProcedure } from '../trpc.ts';

export const playgroundRouter = router({
  token: workspaceProcedure('models:call').mutation(({ ctx }) =>
    mintPlaygroundToken(ctx.services, { workspace: ctx.workspace, userId: ctx.user.id }),
  ),
});
