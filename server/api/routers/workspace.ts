import { readFeedbackSetting } from '#server/domain/feedback/read-feedback-setting.ts';
import { switchFeedbackSchema } from '#server/domain/feedback/schema.ts';
import { switchFeedback } from '#server/domain/feedback/switch-feedback.ts';
import { changeBudget } from '#server/domain/workspaces/change-budget.ts';
import { createWorkspace } from '#server/domain/workspaces/create-workspace.ts';
import { findWorkspaceBySlug } from '#server/domain/workspaces/find-workspace-by-slug.ts';
import { listWorkspaces } from '#server/domain/workspaces/list-workspaces.ts';
import { renameWorkspace } from '#server/domain/workspaces/rename-workspace.ts';
import {
  changeBudgetSchema,
  createWorkspaceSchema,
  renameWorkspaceSchema,
  workspaceSlugSchema,
} from '#server/domain/workspaces/schema.ts';
import { router, userProcedure, workspaceProcedure } from '../trpc.ts';

export const workspaceRouter = router({
  list: userProcedure.query(({ ctx }) => listWorkspaces(ctx.services, ctx.user.id)),
  bySlug: userProcedure
    .input(workspaceSlugSchema)
    .query(({ ctx, input }) => findWorkspaceBySlug(ctx.services, { slug: input.slug, userId: ctx.user.id })),
  create: userProcedure
    .input(createWorkspaceSchema)
    .mutation(({ ctx, input }) => createWorkspace(ctx.services, { name: input.name, userId: ctx.user.id })),
  rename: workspaceProcedure('workspace:manage')
    .input(renameWorkspaceSchema)
    .mutation(async ({ ctx, input }) => {
      await renameWorkspace(ctx.services, {
        workspaceId: ctx.workspace.id,
        name: input.name,
        userId: ctx.user.id,
      });
      return { name: input.name };
    }),
  feedback: workspaceProcedure('workspace:read').query(({ ctx }) =>
    readFeedbackSetting(ctx.services, { workspaceId: ctx.workspace.id }),
  ),
  switchFeedback: workspaceProcedure('workspace:manage')
    .input(switchFeedbackSchema)
    .mutation(async ({ ctx, input }) => {
      const workspaceId = ctx.workspace.id;
      await switchFeedback(ctx.services, { ...input, workspaceId, userId: ctx.user.id });
      return readFeedbackSetting(ctx.services, { workspaceId });
    }),
  changeBudget: workspaceProcedure('workspace:manage')
    .input(changeBudgetSchema)
    .mutation(async ({ ctx, input }) => {
      const { budget } = input;
      await changeBudget(ctx.services, { workspaceId: ctx.workspace.id, userId: ctx.user.id, budget });
      return { budget };
    }),
});
