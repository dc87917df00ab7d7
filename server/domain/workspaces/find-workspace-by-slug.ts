import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { WorkspaceItem } from './schema.ts';
import { workspaceItemOf } from './workspace-item.ts';

/** Somebody else's workspace and one that doesn't exist are the same to the one who asks. */
export async function findWorkspaceBySlug(
  { db }: { db: Database },
  { slug, userId }: { slug: string; userId: string },
): Promise<WorkspaceItem> {
  const membership = await db.membership.findFirst({
    where: { userId, workspace: { slug } },
    include: { workspace: true },
  });
  if (!membership) throw new DomainError('not_found', 'There is no such workspace.');
  return workspaceItemOf(membership);
}
