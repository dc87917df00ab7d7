import { listSessions } from '#server/domain/sessions/list-sessions.ts';
import { revokeOtherSessions, revokeSession } from '#server/domain/sessions/revoke-session.ts';
import { revokeSessionSchema } from '#server/domain/sessions/schema.ts';
import { router, userProcedure } from '../trpc.ts';

export const sessionRouter = router({
  list: userProcedure.query(({ ctx }) => listSessions(ctx.services, ctx.session)),
  revoke: userProcedure.input(revokeSessionSchema).mutation(async ({ ctx, input }) => {
    await revokeSession(ctx.services, { userId: ctx.user.id, sessionId: input.sessionId });
    return { done: true as const };
  }),
  revokeOthers: userProcedure.mutation(async ({ ctx }) => ({
    revoked: await revokeOtherSessions(ctx.services, ctx.session),
  })),
});
