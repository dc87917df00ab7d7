import { changeApiKey } from '#server/domain/api-keys/change-api-key.ts';
import { createApiKey } from '#server/domain/api-keys/create-api-key.ts';
import { endOverlap } from '#server/domain/api-keys/end-overlap.ts';
import { listApiKeys } from '#server/domain/api-keys/list-api-keys.ts';
import { renameApiKey } from '#server/domain/api-keys/rename-api-key.ts';
import { revokeApiKey } from '#server/domain/api-keys/revoke-api-key.ts';
import { rotateApiKey } from '#server/domain/api-keys/rotate-api-key.ts';
import {
  changeApiKeySchema,
  createApiKeySchema,
  endOverlapSchema,
  renameApiKeySchema,
  revokeApiKeySchema,
  rotateApiKeySchema,
} from '#server/domain/api-keys/schema.ts';
import { router, workspaceProcedure } from '../trpc.ts';

export const apiKeyRouter = router({
  list: workspaceProcedure('keys:read').query(({ ctx }) => listApiKeys(ctx.services, ctx.workspace.id)),
  create: workspaceProcedure('keys:manage')
    .input(createApiKeySchema)
    .mutation(({ ctx, input }) =>
      createApiKey(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  change: workspaceProcedure('keys:manage')
    .input(changeApiKeySchema)
    .mutation(async ({ ctx, input: { keyId, workspaceId, ...changes } }) => {
      await changeApiKey(ctx.services, { workspaceId, keyId, userId: ctx.user.id, changes });
      return { keyId };
    }),
  rotate: workspaceProcedure('keys:manage')
    .input(rotateApiKeySchema)
    .mutation(({ ctx, input }) =>
      rotateApiKey(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  endOverlap: workspaceProcedure('keys:manage')
    .input(endOverlapSchema)
    .mutation(async ({ ctx, input: { keyId } }) => {
      await endOverlap(ctx.services, { workspaceId: ctx.workspace.id, keyId, userId: ctx.user.id });
      return { keyId };
    }),
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
