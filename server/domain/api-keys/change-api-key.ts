import { isDeepStrictEqual } from 'node:util';
import { recordAuditEvent } from '../audit/record-audit-event.ts';
import { budgetOf } from '../billing/budget.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { apiKeyLimits } from '../rate-limits/limits.ts';
import { checkKeyControls } from './check-key-controls.ts';
import { findLiveKey } from './find-live-key.ts';
import type { ApiKeyChange } from './revoke-api-key.ts';
import type { ApiKeyControls } from './schema.ts';
import { writeKeyAllowance } from './write-key-allowance.ts';

const dayMs = 24 * 60 * 60 * 1_000;

export interface ApiKeyChanges extends ApiKeyControls {
  readonly expiresAt?: Date | null | undefined;
}

/** In force at every gateway from the commit on. What is left out stays; the audit row tells what changed, from and to. */
export async function changeApiKey(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, keyId, userId, changes }: ApiKeyChange & { readonly changes: ApiKeyChanges },
): Promise<void> {
  const now = clock.now();
  const { budget, concurrencyMax, scopes, models, ...columns } = changes;
  await db.$transaction(async (transaction) => {
    // Locked, so that of two at the same time the second keeps what the first has set.
    await transaction.$queryRaw`SELECT 1 FROM api_keys WHERE id = ${keyId} AND workspace_id = ${workspaceId}::uuid FOR UPDATE`;
    const key = await findLiveKey(transaction, { workspaceId, keyId });
    if (key.revokedAt) {
      throw new DomainError('conflict', 'This key was revoked, and nothing of it can be changed.');
    }
    checkExpiry(columns.expiresAt, now);
    await checkKeyControls(transaction, { workspaceId, controls: changes });
    const data = {
      ...columns,
      ...(scopes && { scopes: [...new Set(scopes)] }),
      ...(models && { models: [...new Set(models)] }),
    };
    const own = await transaction.keyAllowance.findUnique({ where: { keyId } });
    const was = { ...key, budget: budgetOf(own), concurrencyMax: own?.concurrencyMax ?? null };
    const wanted = {
      budget: budget === undefined ? was.budget : budget,
      concurrencyMax: concurrencyMax === undefined ? was.concurrencyMax : concurrencyMax,
    };
    await transaction.apiKey.update({ where: { id: keyId }, data: defined(data) });
    await writeKeyAllowance(transaction, { workspaceId, keyId, ...wanted });
    const detail = differences(was, { ...defined(data), ...wanted });
    if (Object.keys(detail).length === 0) return;
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'api_key.changed',
      targetId: keyId,
      detail,
      at: now,
    });
  });
}

function checkExpiry(expiresAt: Date | null | undefined, now: Date): void {
  if (!expiresAt) return;
  const days = (expiresAt.getTime() - now.getTime()) / dayMs;
  if (days > 0 && days <= apiKeyLimits.lifetimeDaysMax) return;
  const sentence = `Give a day in the next ${apiKeyLimits.lifetimeDaysMax / 365} years. To end a key now, revoke it.`;
  throw new DomainError('invalid_request', sentence, { param: 'expiresAt' });
}

function defined<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Values>;
}

function differences(
  was: Readonly<Record<string, unknown>>,
  is: Readonly<Record<string, unknown>>,
): Record<string, { from: string; to: string }> {
  const changed = Object.keys(is).filter((name) => !isDeepStrictEqual(was[name], is[name]));
  return Object.fromEntries(changed.map((name) => [name, { from: told(was[name]), to: told(is[name]) }]));
}

function told(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
