import { z } from 'zod';
import { displayNameSchema } from '../accounts/schema.ts';
import { budgetSchema } from '../billing/budget.ts';
import type { PlanId } from '../billing/plans.ts';
import type { Role } from '../members/roles.ts';
import { workspaceLimits } from '../rate-limits/limits.ts';
import { storableText } from '../storable-text.ts';

export const workspaceNameSchema = displayNameSchema(workspaceLimits.nameCharactersMax);

/** Every procedure of a workspace takes this. */
export const inWorkspaceSchema = z.object({ workspaceId: z.uuid() });
export const createWorkspaceSchema = z.object({ name: workspaceNameSchema });
export const renameWorkspaceSchema = z.object({ name: workspaceNameSchema });
export const changeBudgetSchema = z.object({ budget: budgetSchema.nullable() });
export const workspaceSlugSchema = z.object({ slug: storableText.min(1).max(100) });

export const workspaceKinds = ['customer', 'house'] as const;
export type WorkspaceKind = (typeof workspaceKinds)[number];

export interface WorkspaceItem {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly role: Role;
  readonly planId: PlanId;
  readonly kind: WorkspaceKind;
}
