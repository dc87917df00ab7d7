import { budgetOf } from '../billing/budget.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { monthStartOf } from '../usage/month-start.ts';
import { findLastUses } from './find-last-uses.ts';
import { displayPrefix } from './key-format.ts';
import type { ApiKeyItem } from './schema.ts';
import { isApiKeyScope } from './scopes.ts';

/** All in force (a workspace has a bounded number of those), then the ones that were revoked last. */
const listedMax = 500;

export async function listApiKeys(
  { db, clock }: { db: Database; clock: Clock },
  workspaceId: string,
): Promise<ApiKeyItem[]> {
  const now = clock.now();
  const keys = await db.apiKey.findMany({
    where: { workspaceId, kind: 'live' },
    include: { createdBy: { select: { email: true } }, allowance: true },
    orderBy: [{ revokedAt: { sort: 'desc', nulls: 'first' } }, { createdAt: 'desc' }],
    take: listedMax,
  });
  const keyIds = keys.map((key) => key.id);
  const lastUsedAtByKey = await findLastUses(db, { workspaceId, keyIds });
  const spending = await db.usageHour.groupBy({
    by: ['keyId'],
    where: { workspaceId, keyId: { in: keyIds }, hour: { gte: monthStartOf(now) } },
    _sum: { priceMicroUsd: true },
  });
  const spentByKey = new Map(spending.map((sum) => [sum.keyId, Number(sum._sum.priceMicroUsd ?? 0)]));
  return keys.map((key) => ({
    id: key.id,
    name: key.name,
    prefix: displayPrefix('live', key.id),
    kind: 'live',
    scopes: key.scopes.filter(isApiKeyScope),
    createdAt: key.createdAt,
    createdBy: key.createdBy?.email ?? null,
    lastUsedAt: lastUsedAtByKey.get(key.id) ?? null,
    expiresAt: key.expiresAt,
    revokedAt: key.revokedAt,
    overlapUntil: key.previousExpiresAt && key.previousExpiresAt > now ? key.previousExpiresAt : null,
    models: key.models,
    allowedAddresses: key.allowedAddresses,
    allowedOrigins: key.allowedOrigins,
    requestsPerMinute: key.requestsPerMinute,
    unitsPerMinute: key.unitsPerMinute,
    concurrencyMax: key.allowance?.concurrencyMax ?? null,
    budget: budgetOf(key.allowance),
    spentThisMonthMicroUsd: spentByKey.get(key.id) ?? 0,
  }));
}
