import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { CurrentSession } from './schema.ts';

/** One of the user's own. Doing it again changes nothing. */
export async function revokeSession(
  { db, clock }: { db: Database; clock: Clock },
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<void> {
  const session = await db.session.findFirst({ where: { id: sessionId, userId } });
  if (!session) throw new DomainError('not_found', 'There is no such session.');
  await revokeSessionRow({ db, clock }, sessionId);
}

/** By whoever holds the session itself: signing out. */
export async function revokeSessionRow(
  { db, clock }: { db: Database; clock: Clock },
  sessionId: string,
): Promise<void> {
  await db.session.updateMany({
    where: { id: sessionId, revokedAt: null },
    data: { revokedAt: clock.now() },
  });
}

/** Signs out everywhere else; says how many it were. */
export async function revokeOtherSessions(
  { db, clock }: { db: Database; clock: Clock },
  { sessionId, user }: CurrentSession,
): Promise<number> {
  const now = clock.now();
  const { count } = await db.session.updateMany({
    where: { userId: user.id, id: { not: sessionId }, revokedAt: null, expiresAt: { gt: now } },
    data: { revokedAt: now },
  });
  return count;
}
