import { createApiKey } from '#server/domain/api-keys/create-api-key.ts';
import { listApiKeys } from '#server/domain/api-keys/list-api-keys.ts';
import { renameApiKey } from '#server/domain/api-keys/rename-api-key.ts';
import { revokeApiKey } from '#server/domain/api-keys/revoke-api-key.ts';
import {
  createApiKeySchema,
  renameApiKeySchema,
  revokeApiKeySchema,
} from '#server/domain/api-keys/schema.ts';
import { router, workspaceProcedure } from '../trpc.ts';

export const apiKeyRouter = router({
  list: workspaceProcedure('keys:read').query(({ ctx }) => listApiKeys(ctx.services, ctx.workspace.id)),
  create: workspaceProcedure('keys:manage')
    .input(createApiKeySchema)
    .mutation(({ ctx, input }) =>
      createApiKey(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  revoke: workspaceProcedure('keys:manage')
    .input(revokeApiKeySchema)
    .mutation(({ ctx, input }) =>
      revokeApiKey(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  rename: workspaceProcedure('keys:manage')
    .input(renameApiKeySchema)
    .mutation(async ({ ctx, input }) => {
      await renameApiKey(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id });
      return { name: input.name };
    }),
});
