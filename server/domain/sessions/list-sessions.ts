import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { CurrentSession, SessionItem } from './schema.ts';

const listedMax = 100;

export async function listSessions(
  { db, clock }: { db: Database; clock: Clock },
  { sessionId, user }: CurrentSession,
): Promise<SessionItem[]> {
  const sessions = await db.session.findMany({
    where: { userId: user.id, revokedAt: null, expiresAt: { gt: clock.now() } },
    orderBy: { lastSeenAt: 'desc' },
    take: listedMax,
  });
  return sessions.map(({ id, userAgent, createdAt, lastSeenAt }) => ({
    id,
    current: id === sessionId,
    userAgent,
    createdAt,
    lastSeenAt,
  }));
}
