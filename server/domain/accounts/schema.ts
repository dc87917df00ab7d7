import { z } from 'zod';
import { accountLimits, passwordLimits } from '../rate-limits/limits.ts';

/** Browser-safe: the forms and the procedures parse with the same rules. */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(accountLimits.emailCharactersMax)
  .pipe(z.email('Give an email address.'));

/**
 * Control characters and lone surrogates have no place in a name, and PostgreSQL refuses NUL. Those that turn the
 * direction of writing would turn what stands after the name as well; what nobody sees is no name.
 */
export const displayNameSchema = (charactersMax: number) =>
  z
    .string()
    .trim()
    .min(1, 'Give a name.')
    .max(charactersMax)
    .refine(
      (name) => !/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u.test(name),
      'A name has no control characters.',
    )
    .refine((name) => /[^\p{Default_Ignorable_Code_Point}\p{White_Space}]/u.test(name), 'Give a name.');

/** Length and strength are judged by password-strength.ts, which says weak_password; this only bounds the work. */
export const passwordSchema = z.string().max(passwordLimits.charactersMax * 8);

const linkTokenSchema = z.string().min(1).max(200);

export const signUpSchema = z.object({
  email: emailSchema,
  password: passwordSchema,
  name: displayNameSchema(accountLimits.nameCharactersMax).optional(),
});
export const requestPasswordResetSchema = z.object({ email: emailSchema });
export const resetPasswordSchema = z.object({ token: linkTokenSchema, password: passwordSchema });
export const signInWithPasswordSchema = z.object({ email: emailSchema, password: passwordSchema });
export const signInWithLinkSchema = z.object({ token: linkTokenSchema });

export interface Profile {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly isOperator: boolean;
}
