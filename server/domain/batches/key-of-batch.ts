import { generateApiKey } from '../api-keys/key-format.ts';
import type { Transaction } from '../database.ts';
import { batchLimits } from '../rate-limits/limits.ts';

interface NewBatchTimes {
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/**
 * Whose lines a batch's are. A page's token ends in minutes and its batch may run for a day: such a batch gets a key of
 * its own with the same rights, of which only the hash was ever kept, so nobody can call with it. It ends with the batch.
 */
export async function keyOfBatch(
  transaction: Transaction,
  { workspaceId, keyId }: { workspaceId: string; keyId: string },
  { createdAt, expiresAt }: NewBatchTimes,
): Promise<string> {
  const key = await transaction.apiKey.findFirst({ where: { id: keyId, workspaceId, kind: 'short_lived' } });
  if (!key) return keyId;
  const { createdByUserId, kind, name, models, allowedAddresses, rateBucket } = key;
  const { id, secretHash } = generateApiKey('short_lived');
  await transaction.apiKey.create({
    data: {
      id,
      workspaceId,
      createdByUserId,
      kind,
      name,
      secretHash: new Uint8Array(secretHash),
      scopes: key.scopes.filter((scope) => scope !== 'batches'),
      models,
      allowedAddresses,
      rateBucket,
      requestsPerMinute: key.requestsPerMinute,
      unitsPerMinute: key.unitsPerMinute,
      createdAt,
      // A gateway notices within a turn that the batch has expired: no line is refused for its key before.
      expiresAt: new Date(expiresAt.getTime() + batchLimits.turnMs),
    },
  });
  return id;
}
