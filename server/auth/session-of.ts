import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import { findSession } from '#server/domain/sessions/find-session.ts';
import type { CurrentSession } from '#server/domain/sessions/schema.ts';
import { readSessionId } from './session-cookie.ts';

/** Who sends these headers, by the rows as they are now; null when nobody is signed in. */
export async function sessionOf(
  requestHeaders: Headers,
  services: Pick<ControlPlaneServices, 'db' | 'clock' | 'webUrl' | 'sessionSecret'>,
): Promise<CurrentSession | null> {
  const sessionId = await readSessionId(requestHeaders.get('cookie'), services);
  return sessionId ? findSession(services, sessionId) : null;
}
