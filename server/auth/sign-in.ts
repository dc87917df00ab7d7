import { signInWithLinkSchema, signInWithPasswordSchema } from '#server/domain/accounts/schema.ts';
import { signInWithLink } from '#server/domain/accounts/sign-in-with-link.ts';
import { signInWithPassword } from '#server/domain/accounts/sign-in-with-password.ts';
import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import { describeFailure } from '#server/domain/describe-failure.ts';
import { DomainError, type ErrorCode } from '#server/domain/errors.ts';
import { clientAddressOf } from './request-origin.ts';

/** What next-auth passes from authorize() into the cookie's token. */
export interface SignedIn {
  readonly id: string;
}

type Credentials = Readonly<Record<string, string>> | undefined;

/** next-auth puts an error's message into the answer's address: it is our code and nothing else. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  constructor(code: ErrorCode) {
    super(code);
  }
}

export async function authorizePassword(
  services: ControlPlaneServices,
  credentials: Credentials,
  headers: Headers,
): Promise<SignedIn> {
  return translatingErrors(services, async () => {
    const parsed = signInWithPasswordSchema.safeParse(credentials);
    if (!parsed.success) throw new DomainError('wrong_credentials', 'The email or the password is wrong.');
    return signInWithPassword(services, { ...parsed.data, ...callerOf(headers) });
  });
}

export async function authorizeMailLink(
  services: ControlPlaneServices,
  credentials: Credentials,
  headers: Headers,
): Promise<SignedIn> {
  return translatingErrors(services, async () => {
    const parsed = signInWithLinkSchema.safeParse(credentials);
    if (!parsed.success) throw new DomainError('link_expired', 'This link is not whole.');
    return signInWithLink(services, { ...parsed.data, ...callerOf(headers) });
  });
}

function callerOf(headers: Headers): { address: string; userAgent: string } {
  return { address: clientAddressOf(headers), userAgent: headers.get('user-agent') ?? '' };
}

async function translatingErrors(
  { logger }: ControlPlaneServices,
  signIn: () => Promise<{ readonly sessionId: string }>,
): Promise<SignedIn> {
  try {
    return { id: (await signIn()).sessionId };
  } catch (error) {
    if (error instanceof DomainError) throw new SignInError(error.code);
    logger.error(describeFailure(error), 'A sign-in failed on our side.');
    throw new SignInError('internal');
  }
}
