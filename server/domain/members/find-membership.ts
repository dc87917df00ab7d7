import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { WorkspaceItem } from '../workspaces/schema.ts';
import { workspaceItemOf } from '../workspaces/workspace-item.ts';
import { type Permission, type Role, roleMay } from './roles.ts';

export type WorkspaceStatus = 'active' | 'suspended';
export interface Membership {
  readonly role: Role;
  readonly workspace: WorkspaceItem & { readonly status: WorkspaceStatus };
}

/** Refuses non-members as if the workspace did not exist, and members whose role doesn't allow it. */
export async function findMembership(
  { db }: { db: Database },
  { workspaceId, userId, permission }: { workspaceId: string; userId: string; permission: Permission },
): Promise<Membership> {
  const row = await db.membership.findUnique({
    where: { workspaceId_userId: { workspaceId, userId } },
    include: { workspace: true },
  });
  if (!row) throw new DomainError('not_found', 'There is no such workspace.');
  const item = workspaceItemOf(row);
  if (!roleMay(item.role, permission)) {
    throw new DomainError(
      'permission_missing',
      `Your role in this workspace (${item.role}) does not allow this.`,
    );
  }
  const status = row.workspace.status === 'active' ? 'active' : 'suspended';
  return { role: item.role, workspace: { ...item, status } };
}
