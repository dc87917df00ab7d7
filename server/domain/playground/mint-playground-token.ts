import { mintShortLivedKey } from '../api-keys/mint-short-lived-key.ts';
import type { ShortLivedKey } from '../api-keys/schema.ts';
import { planOf } from '../billing/plans.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { Membership } from '../members/find-membership.ts';
import { playgroundLimits } from '../rate-limits/limits.ts';
import { enforceRateLimit, type RateLimiter } from '../rate-limits/rate-limiter.ts';

export interface PlaygroundDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly rateLimiter: RateLimiter;
  readonly apiUrl: string;
}

/** What the console calls the public API with: the member's own calls, billed to the workspace like any other. */
export async function mintPlaygroundToken(
  { db, clock, rateLimiter, apiUrl }: PlaygroundDependencies,
  { workspace, userId }: { workspace: Membership['workspace']; userId: string },
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
      name: 'Playground',
      // A call's receipt is shown beside its answer.
      scopes: ['sentiment', 'images', 'text', 'usage:read'],
      rateBucket: `playground:${workspace.id}:${userId}`,
      requestsPerMinute,
      unitsPerMinute,
      lifetimeMs: playgroundLimits.tokenLifetimeMs,
    },
  );
}
