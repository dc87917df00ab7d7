import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { findLiveKey } from './find-live-key.ts';
import { displayPrefix, generateApiKey } from './key-format.ts';
import type { ApiKeyChange } from './revoke-api-key.ts';
import type { CreatedApiKey } from './schema.ts';
import { isApiKeyScope } from './scopes.ts';

const hourMs = 60 * 60 * 1_000;

/**
 * A new secret for the same key: its id, limits, budget and usage stay, so both secrets together have what one had. The
 * old one works until the overlap ends; one that was replaced before it stops at once.
 */
export async function rotateApiKey(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, keyId, userId, overlapHours }: ApiKeyChange & { readonly overlapHours: number },
): Promise<CreatedApiKey> {
  const now = clock.now();
  const { key: secret, secretHash } = generateApiKey('live', keyId);
  const overlapUntil = overlapHours > 0 ? new Date(now.getTime() + overlapHours * hourMs) : null;
  return db.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT 1 FROM api_keys WHERE id = ${keyId} FOR UPDATE`;
    const key = await findLiveKey(transaction, { workspaceId, keyId });
    if (key.revokedAt || (key.expiresAt && key.expiresAt <= now)) {
      throw new DomainError('conflict', 'This key was revoked or has expired. Make a new one.');
    }
    await transaction.apiKey.update({
      where: { id: keyId },
      data: {
        secretHash: new Uint8Array(secretHash),
        previousSecretHash: overlapUntil ? key.secretHash : null,
        previousExpiresAt: overlapUntil,
      },
    });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'api_key.rotated',
      targetId: keyId,
      detail: { name: key.name, overlapUntil: overlapUntil?.toISOString() ?? null },
      at: now,
    });
    return {
      id: keyId,
      key: secret,
      prefix: displayPrefix('live', keyId),
      name: key.name,
      scopes: key.scopes.filter(isApiKeyScope),
      expiresAt: key.expiresAt,
      overlapUntil,
    };
  });
}
