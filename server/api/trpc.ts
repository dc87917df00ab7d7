import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { DomainError } from '#server/domain/errors.ts';
import { findMembership } from '#server/domain/members/find-membership.ts';
import type { Permission } from '#server/domain/members/roles.ts';
import { inWorkspaceSchema } from '#server/domain/workspaces/schema.ts';
import type { RequestContext } from './context.ts';
import { toTrpcError } from './error-to-trpc.ts';
import { formatError } from './format-error.ts';

const t = initTRPC.context<RequestContext>().create({
  transformer: superjson,
  isDev: false,
  errorFormatter({ shape, error, ctx }) {
    const { message, ...details } = formatError(error, ctx?.requestId);
    const { code, httpStatus, path } = shape.data;
    return { ...shape, message, data: { code, httpStatus, path, ...details } };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Anyone. Still counted against limits. */
export const publicProcedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof DomainError) throw toTrpcError(result.error.cause);
  return result;
});

/** Someone who is signed in at this very moment. Produces ctx.session and ctx.user. */
export const userProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.session) throw new DomainError('not_signed_in', 'Sign in first.');
  return next({ ctx: { session: ctx.session, user: ctx.session.user } });
});

/** The start-up's own staff. To everyone else there is nothing here. */
export const operatorProcedure = userProcedure.use(({ ctx, next }) => {
  if (!ctx.user.isOperator) throw new DomainError('not_found', 'There is no such procedure.');
  return next();
});

/** A member whose role allows it. Produces ctx.workspace and ctx.membership; the input names the workspace. */
export const workspaceProcedure = (permission: Permission) =>
  userProcedure.input(inWorkspaceSchema).use(async ({ ctx, input, next }) => {
    const membership = await findMembership(ctx.services, {
      workspaceId: input.workspaceId,
      userId: ctx.user.id,
      permission,
    });
    return next({ ctx: { membership, workspace: membership.workspace } });
  });
