import { generateApiKey } from '../api-keys/key-format.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { demoLimits } from '../rate-limits/limits.ts';
import { enforceRateLimit, type RateLimiter } from '../rate-limits/rate-limiter.ts';
import type { DemoToken } from './schema.ts';

export interface DemoDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly rateLimiter: RateLimiter;
  /** A keyed hash: the bucket's name must not tell the address. */
  readonly hashSubject: (subject: string) => string;
  readonly apiUrl: string;
}

/** All tokens of one address share one bucket, so that minting more of them gives nobody more calls. */
export async function mintDemoToken(
  { db, clock, rateLimiter, hashSubject, apiUrl }: DemoDependencies,
  { address }: { address: string },
): Promise<DemoToken> {
  await enforceRateLimit(rateLimiter, 'demoTokenByAddress', address);
  const house = await db.workspace.findFirst({ where: { kind: 'house', status: 'active' } });
  if (!house) throw new DomainError('not_found', 'There is no demo here.');

  const now = clock.now();
  const expiresAt = new Date(now.getTime() + demoLimits.tokenLifetimeMs);
  const { id, key, secretHash } = generateApiKey('short_lived');
  await db.apiKey.create({
    data: {
      id,
      workspaceId: house.id,
      kind: 'short_lived',
      name: 'Demo',
      secretHash: new Uint8Array(secretHash),
      scopes: ['sentiment', 'images', 'text'],
      rateBucket: `demo:${hashSubject(address)}`,
      requestsPerMinute: demoLimits.requestsPerMinute,
      unitsPerMinute: demoLimits.unitsPerMinute,
      createdAt: now,
      expiresAt,
    },
  });
  return { token: key, apiUrl, expiresAt };
}
