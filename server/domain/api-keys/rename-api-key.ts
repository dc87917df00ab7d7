import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { findLiveKey } from './find-live-key.ts';
import type { ApiKeyChange } from './revoke-api-key.ts';

export async function renameApiKey(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, keyId, userId, name }: ApiKeyChange & { readonly name: string },
): Promise<void> {
  await db.$transaction(async (transaction) => {
    const key = await findLiveKey(transaction, { workspaceId, keyId });
    await transaction.apiKey.update({ where: { id: keyId }, data: { name } });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'api_key.renamed',
      targetId: keyId,
      detail: { from: key.name, to: name },
      at: clock.now(),
    });
  });
}
