import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { findLiveKey } from './find-live-key.ts';
import type { ApiKeyChange } from './revoke-api-key.ts';

/** The secret that was replaced fails from its next call on. Again changes nothing. */
export async function endOverlap(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, keyId, userId }: ApiKeyChange,
): Promise<void> {
  await db.$transaction(async (transaction) => {
    const key = await findLiveKey(transaction, { workspaceId, keyId });
    const ended = await transaction.apiKey.updateMany({
      where: { id: keyId, previousSecretHash: { not: null } },
      data: { previousSecretHash: null, previousExpiresAt: null },
    });
    if (ended.count === 0) return;
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'api_key.overlap_ended',
      targetId: keyId,
      detail: { name: key.name },
      at: clock.now(),
    });
  });
}
