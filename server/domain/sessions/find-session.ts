import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { sessionLimits } from '../rate-limits/limits.ts';
import type { CurrentSession } from './schema.ts';

/** Null when it was revoked, has expired or never was. Read at every request: nothing that could go stale is kept. */
export async function findSession(
  { db, clock }: { db: Database; clock: Clock },
  sessionId: string,
): Promise<CurrentSession | null> {
  const now = clock.now();
  const session = await db.session.findFirst({
    where: { id: sessionId, revokedAt: null, expiresAt: { gt: now } },
    include: { user: { select: { id: true, email: true, name: true, isOperator: true } } },
  });
  if (!session) return null;
  const touchBefore = new Date(now.getTime() - sessionLimits.touchEveryMs);
  if (session.lastSeenAt < touchBefore) {
    await db.session.updateMany({
      where: { id: sessionId, lastSeenAt: { lt: touchBefore } },
      data: { lastSeenAt: now },
    });
  }
  return { sessionId, user: session.user };
}
