import { mintShortLivedKey } from '../api-keys/mint-short-lived-key.ts';
import type { ShortLivedKey } from '../api-keys/schema.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { demoLimits } from '../rate-limits/limits.ts';
import { enforceRateLimit, type RateLimiter } from '../rate-limits/rate-limiter.ts';

export interface DemoDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly rateLimiter: RateLimiter;
  /** A keyed hash: the bucket's name must not tell the address. */
  readonly hashSubject: (subject: string) => string;
  readonly apiUrl: string;
}

/** What the landing page calls the API with: the models' scopes, and one bucket for all tokens of an address. */
export async function mintDemoToken(
  { db, clock, rateLimiter, hashSubject, apiUrl }: DemoDependencies,
  { address }: { address: string },
): Promise<ShortLivedKey> {
  await enforceRateLimit(rateLimiter, 'demoTokenByAddress', address);
  const house = await db.workspace.findFirst({ where: { kind: 'house', status: 'active' } });
  if (!house) throw new DomainError('not_found', 'There is no demo here.');
  return mintShortLivedKey(
    { db, clock, apiUrl },
    {
      workspaceId: house.id,
      createdByUserId: null,
      name: 'Demo',
      scopes: ['sentiment', 'images', 'text'],
      rateBucket: `demo:${hashSubject(address)}`,
      requestsPerMinute: demoLimits.requestsPerMinute,
      unitsPerMinute: demoLimits.unitsPerMinute,
      lifetimeMs: demoLimits.tokenLifetimeMs,
    },
  );
}
