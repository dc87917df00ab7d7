import { type PlanId, plans } from '../billing/plans.ts';
import { isRole } from '../members/roles.ts';
import { type WorkspaceItem, type WorkspaceKind, workspaceKinds } from './schema.ts';

export interface MembershipWithWorkspace {
  readonly role: string;
  readonly workspace: {
    readonly id: string;
    readonly name: string;
    readonly slug: string;
    readonly planId: string;
    readonly kind: string;
  };
}

/** The columns are text; what they may hold is a closed set, and anything else is a broken row. */
export function workspaceItemOf({ role, workspace }: MembershipWithWorkspace): WorkspaceItem {
  const { id, name, slug, planId, kind } = workspace;
  if (!isRole(role) || !isPlanId(planId) || !isWorkspaceKind(kind))
    throw new Error(`Workspace ${id} is malformed`);
  return { id, name, slug, role, planId, kind };
}

function isPlanId(value: string): value is PlanId {
  return Object.hasOwn(plans, value);
}

function isWorkspaceKind(value: string): value is WorkspaceKind {
  return (workspaceKinds as readonly string[]).includes(value);
}
