import type { Database } from '../database.ts';

/** When each of the keys was last used; those that never were are not among them. */
export async function findLastUses(
  db: Database,
  { workspaceId, keyIds }: { readonly workspaceId: string; readonly keyIds: readonly string[] },
): Promise<ReadonlyMap<string, Date>> {
  // Of each key the rows of its last hour alone: it may have years of them.
  const uses = await db.$queryRaw<{ key_id: string; last_used_at: Date }[]>`
    SELECT h.key_id, max(h.last_used_at) AS last_used_at
    FROM unnest(${keyIds}::text[]) AS k (id)
    CROSS JOIN LATERAL (SELECT max(l.hour) AS hour FROM usage_hours l WHERE l.key_id = k.id) last
    JOIN usage_hours h ON h.key_id = k.id AND h.hour = last.hour
    WHERE h.workspace_id = ${workspaceId}::uuid
    GROUP BY h.key_id`;
  return new Map(uses.map((use) => [use.key_id, use.last_used_at]));
}
