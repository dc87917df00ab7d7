import { emitEvent } from '#server/domain/webhooks/emit-event.ts';
import { recordAuditEvent } from '../audit/record-audit-event.ts';
import { planOf } from '../billing/plans.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { apiKeyLimits } from '../rate-limits/limits.ts';
import { lockWorkspace } from '../workspaces/lock-workspace.ts';
import { checkKeyControls } from './check-key-controls.ts';
import { displayPrefix, generateApiKey } from './key-format.ts';
import { type ApiKeyControls, type CreatedApiKey, defaultApiKeyScopes } from './schema.ts';
import { writeKeyAllowance } from './write-key-allowance.ts';

export interface NewApiKeyRequest extends ApiKeyControls {
  readonly workspaceId: string;
  readonly userId: string;
  readonly name: string;
  readonly expiresInDays?: number | null | undefined;
}

const dayMs = 24 * 60 * 60 * 1_000;

export async function createApiKey(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, userId, name, expiresInDays, ...controls }: NewApiKeyRequest,
): Promise<CreatedApiKey> {
  const now = clock.now();
  const expiresAt = expiresInDays ? new Date(now.getTime() + expiresInDays * dayMs) : null;
  const { id, key, secretHash } = generateApiKey('live');
  const granted = [...new Set(controls.scopes ?? defaultApiKeyScopes)];
  const { models = [], allowedAddresses = [], allowedOrigins = [] } = controls;
  const { budget = null, concurrencyMax = null } = controls;

  await db.$transaction(async (transaction) => {
    // Of two at the limit one waits and is then refused.
    await lockWorkspace(transaction, workspaceId);
    const workspace = await transaction.workspace.findUniqueOrThrow({ where: { id: workspaceId } });
    if (workspace.status !== 'active') {
      throw new DomainError('workspace_suspended', 'This workspace is suspended: it takes no new keys.');
    }
    const inForce = await transaction.apiKey.count({ where: { workspaceId, kind: 'live', revokedAt: null } });
    if (inForce >= apiKeyLimits.perWorkspaceMax) {
      throw new DomainError(
        'conflict',
        `A workspace has at most ${apiKeyLimits.perWorkspaceMax} keys. Revoke one that is not used.`,
      );
    }
    await checkKeyControls(transaction, { workspaceId, controls });
    const plan = planOf(workspace.planId);
    await transaction.apiKey.create({
      data: {
        id,
        workspaceId,
        createdByUserId: userId,
        kind: 'live',
        name,
        secretHash: new Uint8Array(secretHash),
        scopes: granted,
        rateBucket: id,
        models: [...new Set(models)],
        allowedAddresses,
        allowedOrigins,
        requestsPerMinute: controls.requestsPerMinute ?? plan.requestsPerMinute,
        unitsPerMinute: controls.unitsPerMinute ?? plan.unitsPerMinute,
        createdAt: now,
        expiresAt,
      },
    });
    if (budget !== null || concurrencyMax !== null)
      await writeKeyAllowance(transaction, { workspaceId, keyId: id, budget, concurrencyMax });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'api_key.created',
      targetId: id,
      detail: {
        name,
        scopes: granted,
        expiresAt: expiresAt?.toISOString() ?? null,
        models,
        allowedAddresses,
        allowedOrigins,
        concurrencyMax,
        budget: budget && JSON.stringify(budget),
      },
      at: now,
    });
    await emitEvent(transaction, {
      workspaceId,
      type: 'key.created',
      data: { id, name, key_prefix: displayPrefix('live', id) },
      at: now,
    });
  });
  return {
    id,
    key,
    prefix: displayPrefix('live', id),
    name,
    scopes: granted,
    expiresAt,
    overlapUntil: null,
  };
}
