import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import { sessionLimits } from '#server/domain/rate-limits/limits.ts';
import { revokeSessionRow } from '#server/domain/sessions/revoke-session.ts';
import { sessionCookieName, usesHttps } from './session-cookie.ts';
import { authorizeMailLink, authorizePassword } from './sign-in.ts';

/**
 * All that is configured of next-auth. It keeps the cookie and its forgery check; who is signed in is a row of ours
 * that is read at every request, and the cookie carries only that row's id.
 */
export function nextAuthOptions(services: ControlPlaneServices): NextAuthOptions {
  const secure = usesHttps(services.webUrl);
  return {
    secret: services.sessionSecret,
    useSecureCookies: secure,
    session: { strategy: 'jwt', maxAge: sessionLimits.lifetimeMs / 1_000 },
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in', verifyRequest: '/sign-in' },
    cookies: {
      sessionToken: {
        name: sessionCookieName(services.webUrl),
        options: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      },
    },
    providers: [
      CredentialsProvider({
        id: 'password',
        name: 'Password',
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        authorize: (credentials, request) =>
          authorizePassword(services, credentials, new Headers(request.headers)),
      }),
      CredentialsProvider({
        id: 'mail-link',
        name: 'Link in a mail',
        credentials: { token: { type: 'text' } },
        authorize: (credentials, request) =>
          authorizeMailLink(services, credentials, new Headers(request.headers)),
      }),
    ],
    callbacks: {
      // `user` is there at the sign-in only; afterwards the token stays as it is.
      jwt: ({ token, user }) => ({ sessionId: user ? user.id : token.sessionId }),
      // GET /api/auth/session tells a browser nothing: pages ask account.me, which reads the rows.
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sessionId === 'string') await revokeSessionRow(services, token.sessionId);
      },
    },
    // next-auth logs whole errors, and an error may quote what was typed: the name of the event is enough.
    logger: {
      error: (event) => services.logger.warn({ event }, 'next-auth reported an error.'),
      warn: (event) => services.logger.debug({ event }, 'next-auth reported a warning.'),
      debug: () => undefined,
    },
  };
}
