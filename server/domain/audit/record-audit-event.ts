import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../database.ts';

export const auditActions = [
  'workspace.created',
  'workspace.renamed',
  'feedback.switched_on',
  'feedback.switched_off',
  'workspace.budget_changed',
  'api_key.created',
  'api_key.renamed',
  'api_key.changed',
  'api_key.rotated',
  'api_key.overlap_ended',
  'api_key.revoked',
  'webhook_endpoint.created',
  'webhook_endpoint.updated',
  'webhook_endpoint.enabled',
  'webhook_endpoint.disabled',
  'webhook_endpoint.secret_rotated',
  'webhook_endpoint.deleted',
] as const;
export type AuditAction = (typeof auditActions)[number];

export interface AuditEntry {
  readonly workspaceId: string;
  /** Null: the product itself. */
  readonly actorUserId: string | null;
  readonly action: AuditAction;
  readonly targetId: string;
  /** What changed. Never a secret and never customer data. */
  readonly detail?: Readonly<
    Record<
      string,
      string | number | null | readonly string[] | { readonly from: string; readonly to: string }
    >
  >;
  readonly at: Date;
}

/** In the transaction of the change itself: neither is ever there without the other. */
export async function recordAuditEvent(transaction: Transaction, entry: AuditEntry): Promise<void> {
  const { workspaceId, actorUserId, action, targetId, detail = {}, at } = entry;
  await transaction.auditEvent.create({
    data: { id: uuidv7(), workspaceId, actorUserId, action, targetId, detail, createdAt: at },
  });
}
