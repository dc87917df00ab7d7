import { requestPasswordReset } from '#server/domain/accounts/request-password-reset.ts';
import { resetPassword } from '#server/domain/accounts/reset-password.ts';
import {
  type Profile,
  requestPasswordResetSchema,
  resetPasswordSchema,
  signUpSchema,
} from '#server/domain/accounts/schema.ts';
import { signUp } from '#server/domain/accounts/sign-up.ts';
import { publicProcedure, router, userProcedure } from '../trpc.ts';

export const accountRouter = router({
  signUp: publicProcedure.input(signUpSchema).mutation(async ({ ctx, input }) => {
    await signUp(ctx.services, { ...input, address: ctx.address });
    return { sent: true as const };
  }),
  requestPasswordReset: publicProcedure.input(requestPasswordResetSchema).mutation(async ({ ctx, input }) => {
    await requestPasswordReset(ctx.services, { ...input, address: ctx.address });
    return { sent: true as const };
  }),
  resetPassword: publicProcedure.input(resetPasswordSchema).mutation(async ({ ctx, input }) => {
    await resetPassword(ctx.services, { ...input, address: ctx.address });
    return { done: true as const };
  }),
  me: userProcedure.query(({ ctx }): Profile => ctx.user),
});
