import { accountRouter } from './routers/account.ts';
import { adminRouter } from './routers/admin.ts';
import { apiKeyRouter } from './routers/api-key.ts';
import { demoRouter } from './routers/demo.ts';
import { modelRouter } from './routers/model.ts';
import { outboxRouter } from './routers/outbox.ts';
import { playgroundRouter } from './routers/playground.ts';
import { sessionRouter } from './routers/session.ts';
import { usageRouter } from './routers/usage.ts';
import { webhookRouter } from './routers/webhook.ts';
import { workspaceRouter } from './routers/workspace.ts';
import { createCallerFactory, router } from './trpc.ts';

export const appRouter = router({
  account: accountRouter,
  admin: adminRouter,
  apiKey: apiKeyRouter,
  demo: demoRouter,
  model: modelRouter,
  outbox: outboxRouter,
  playground: playgroundRouter,
  session: sessionRouter,
  usage: usageRouter,
  webhook: webhookRouter,
  workspace: workspaceRouter,
});
export type AppRouter = typeof appRouter;

/** The procedures as functions, for whoever already knows who asks: server components, tests. */
export const callerFor = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof callerFor>;
