import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';

/** Whether any key in force names the origin: tells a browser's preflight, which comes without a key, that it may ask. */
export async function isOriginOfSomeKey(
  { db, clock }: { db: Database; clock: Clock },
  origin: string,
): Promise<boolean> {
  const key = await db.apiKey.findFirst({
    where: {
      allowedOrigins: { has: origin },
      revokedAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: clock.now() } }],
    },
    select: { id: true },
  });
  return key !== null;
}
