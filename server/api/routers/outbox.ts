import { listOutbox, readOutboxMail } from '#server/domain/outbox/read-outbox.ts';
import { listOutboxSchema, outboxMailSchema } from '#server/domain/outbox/schema.ts';
import { publicProcedure, router } from '../trpc.ts';

export const outboxRouter = router({
  list: publicProcedure.input(listOutboxSchema).query(({ ctx, input }) => listOutbox(ctx.services, input)),
  get: publicProcedure.input(outboxMailSchema).query(({ ctx, input }) => readOutboxMail(ctx.services, input)),
});
