import type { Database } from '../database.ts';
import { displayPrefix } from './key-format.ts';
import type { ApiKeyItem } from './schema.ts';
import { type ApiKeyScope, apiKeyScopes } from './scopes.ts';

/** All in force (a workspace has a bounded number of those), then the ones that were revoked last. */
const listedMax = 500;

export async function listApiKeys({ db }: { db: Database }, workspaceId: string): Promise<ApiKeyItem[]> {
  const keys = await db.apiKey.findMany({
    where: { workspaceId, kind: 'live' },
    include: { createdBy: { select: { email: true } } },
    orderBy: [{ revokedAt: { sort: 'desc', nulls: 'first' } }, { createdAt: 'desc' }],
    take: listedMax,
  });
  const uses = await db.usageHour.groupBy({
    by: ['keyId'],
    where: { workspaceId, keyId: { in: keys.map((key) => key.id) } },
    _max: { lastUsedAt: true },
  });
  const lastUsedAtByKey = new Map(uses.map((use) => [use.keyId, use._max.lastUsedAt]));
  return keys.map((key) => ({
    id: key.id,
    name: key.name,
    prefix: displayPrefix('live', key.id),
    kind: 'live',
    scopes: key.scopes.filter(isScope),
    createdAt: key.createdAt,
    createdBy: key.createdBy?.email ?? null,
    lastUsedAt: lastUsedAtByKey.get(key.id) ?? null,
    expiresAt: key.expiresAt,
    revokedAt: key.revokedAt,
    requestsPerMinute: key.requestsPerMinute,
  }));
}

function isScope(value: string): value is ApiKeyScope {
  return (apiKeyScopes as readonly string[]).includes(value);
}
