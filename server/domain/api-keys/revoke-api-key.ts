import { emitEvent } from '#server/domain/webhooks/emit-event.ts';
import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { findLiveKey } from './find-live-key.ts';
import { displayPrefix } from './key-format.ts';

export interface ApiKeyChange {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly userId: string;
}

/** In force at every gateway from the commit on: each request asks the row. Again changes nothing. */
export async function revokeApiKey(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, keyId, userId }: ApiKeyChange,
): Promise<{ readonly revokedAt: Date }> {
  const now = clock.now();
  return db.$transaction(async (transaction) => {
    const revoked = await transaction.apiKey.updateMany({
      where: { id: keyId, workspaceId, kind: 'live', revokedAt: null },
      data: { revokedAt: now },
    });
    const key = await findLiveKey(transaction, { workspaceId, keyId });
    if (revoked.count === 0) return { revokedAt: key.revokedAt ?? now };
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'api_key.revoked',
      targetId: keyId,
      detail: { name: key.name },
      at: now,
    });
    await emitEvent(transaction, {
      workspaceId,
      type: 'key.revoked',
      data: { id: keyId, name: key.name, key_prefix: displayPrefix('live', keyId) },
      at: now,
    });
    return { revokedAt: now };
  });
}
