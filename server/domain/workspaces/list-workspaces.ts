import type { Database } from '../database.ts';
import type { WorkspaceItem } from './schema.ts';
import { workspaceItemOf } from './workspace-item.ts';

export async function listWorkspaces({ db }: { db: Database }, userId: string): Promise<WorkspaceItem[]> {
  const memberships = await db.membership.findMany({
    where: { userId },
    include: { workspace: true },
    orderBy: { createdAt: 'asc' },
  });
  return memberships.map(workspaceItemOf);
}
