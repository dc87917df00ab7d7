import type { File } from '#prisma/generated/client.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { findFile } from './find-file.ts';

export interface FilePage {
  readonly after: string | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly purpose: string | undefined;
}

export async function listFiles(
  dependencies: { db: Database; clock: Clock },
  { workspaceId, after, limit, order, purpose }: FilePage & { workspaceId: string },
): Promise<{ readonly files: readonly File[]; readonly hasMore: boolean }> {
  const from =
    after === undefined ? null : await findFile(dependencies, { workspaceId, id: after, param: 'after' });
  const beyond = order === 'asc' ? 'gt' : 'lt';
  const found = await dependencies.db.file.findMany({
    where: {
      workspaceId,
      expiresAt: { gt: dependencies.clock.now() },
      ...(purpose === undefined ? {} : { purpose }),
      ...(from && {
        OR: [
          { createdAt: { [beyond]: from.createdAt } },
          { createdAt: from.createdAt, id: { [beyond]: from.id } },
        ],
      }),
    },
    orderBy: [{ createdAt: order }, { id: order }],
    take: limit + 1,
  });
  return { files: found.slice(0, limit), hasMore: found.length > limit };
}
