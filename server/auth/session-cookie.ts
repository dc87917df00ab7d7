import { decode } from 'next-auth/jwt';
import { z } from 'zod';

/** What the browser's cookie carries: the id of a sessions row and nothing else. */
const tokenSchema = z.object({ sessionId: z.uuid() });

/** `__Secure-` makes browsers refuse the cookie on plain http. */
export function sessionCookieName(webUrl: string): string {
  return usesHttps(webUrl) ? '__Secure-modelyard-session' : 'modelyard-session';
}

export function usesHttps(webUrl: string): boolean {
  return webUrl.startsWith('https://');
}

/** The session id that a cookie header names, or null. Whether that session is in force, only its row knows. */
export async function readSessionId(
  cookieHeader: string | null,
  { webUrl, sessionSecret }: { webUrl: string; sessionSecret: string },
): Promise<string | null> {
  const token = cookieValue(cookieHeader ?? '', sessionCookieName(webUrl));
  if (!token) return null;
  try {
    return tokenSchema.parse(await decode({ token, secret: sessionSecret })).sessionId;
  } catch {
    // Forged, cut short, or sealed with a secret that was changed: signed out.
    return null;
  }
}

function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
