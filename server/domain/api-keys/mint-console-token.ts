import { planOf } from '../billing/plans.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { Membership } from '../members/find-membership.ts';
import { playgroundLimits } from '../rate-limits/limits.ts';
import { enforceRateLimit, type RateLimiter } from '../rate-limits/rate-limiter.ts';
import { mintShortLivedKey } from './mint-short-lived-key.ts';
import type { ShortLivedKey } from './schema.ts';
import type { ApiKeyScope } from './scopes.ts';

export interface ConsoleTokenDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly rateLimiter: RateLimiter;
  readonly apiUrl: string;
}

export interface ConsoleTokenRequest {
  readonly workspace: Membership['workspace'];
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
}

/** What the console calls the public API with: the member's own calls, billed to the workspace like any other. */
export async function mintConsoleToken(
  { db, clock, rateLimiter, apiUrl }: ConsoleTokenDependencies,
  { workspace, userId, name, scopes }: ConsoleTokenRequest,
): Promise<ShortLivedKey> {
  await enforceRateLimit(rateLimiter, 'playgroundTokenByUser', userId);
  if (workspace.status !== 'active') {
    throw new DomainError('workspace_suspended', 'This workspace is suspended: it makes no calls.');
  }
  const { requestsPerMinute, unitsPerMinute } = planOf(workspace.planId);
  return mintShortLivedKey(
    { db, clock, apiUrl },
    {
      workspaceId: workspace.id,
      createdByUserId: userId,
      name,
      scopes,
      rateBucket: `playground:${workspace.id}:${userId}`,
      requestsPerMinute,
      unitsPerMinute,
      lifetimeMs: playgroundLimits.tokenLifetimeMs,
    },
  );
}
