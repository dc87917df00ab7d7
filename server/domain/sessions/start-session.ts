import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../clock.ts';
import type { Transaction } from '../database.ts';
import { sessionLimits } from '../rate-limits/limits.ts';

export async function startSession(
  { transaction, clock }: { transaction: Transaction; clock: Clock },
  { userId, userAgent }: { userId: string; userAgent: string },
): Promise<{ readonly sessionId: string }> {
  const now = clock.now();
  const session = await transaction.session.create({
    data: {
      id: uuidv7(),
      userId,
      userAgent: printable(userAgent).slice(0, sessionLimits.userAgentCharactersMax),
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + sessionLimits.lifetimeMs),
    },
  });
  return { sessionId: session.id };
}

/** It comes from the client as it likes and is shown to the user. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '');
}
