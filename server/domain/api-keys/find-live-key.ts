import type { ApiKey } from '#prisma/generated/client.ts';
import type { Transaction } from '../database.ts';
import { DomainError } from '../errors.ts';

/** By workspace and id together: another workspace's key does not exist here. */
export async function findLiveKey(
  transaction: Transaction,
  { workspaceId, keyId }: { workspaceId: string; keyId: string },
): Promise<ApiKey> {
  const key = await transaction.apiKey.findFirst({ where: { id: keyId, workspaceId, kind: 'live' } });
  if (!key) throw new DomainError('not_found', 'There is no such key in this workspace.', { param: 'keyId' });
  return key;
}
