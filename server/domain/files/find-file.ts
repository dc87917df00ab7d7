import type { File } from '#prisma/generated/client.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';

/** By workspace and id together: another workspace's file does not exist here, nor does one that has expired. */
export async function findFile(
  { db, clock }: { db: Pick<Database, 'file'>; clock: Clock },
  { workspaceId, id, param = 'file_id' }: { workspaceId: string; id: string; param?: string },
): Promise<File> {
  const file = await db.file.findFirst({ where: { id, workspaceId, expiresAt: { gt: clock.now() } } });
  if (!file) throw new DomainError('not_found', 'There is no such file in this workspace.', { param });
  return file;
}
