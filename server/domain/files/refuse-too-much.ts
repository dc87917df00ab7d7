import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { fileLimits } from '../rate-limits/limits.ts';

export interface MoreFiles {
  readonly workspaceId: string;
  readonly files: 0 | 1;
  readonly bytes: number;
}

/** Whether the workspace may have so much more. What its batches have written counts as well. */
export async function refuseTooMuch(
  db: Pick<Database, 'file'>,
  { workspaceId, files, bytes }: MoreFiles,
): Promise<void> {
  const at = files > 0 ? { param: 'file' } : {};
  const { _count, _sum } = await db.file.aggregate({
    where: { workspaceId },
    _count: true,
    _sum: { bytes: true },
  });
  if (files > 0 && _count + files > fileLimits.workspaceFilesMax) {
    const sentence = `The workspace has ${fileLimits.workspaceFilesMax} files, the most there may be. Delete some.`;
    throw new DomainError('conflict', sentence, at);
  }
  if (Number(_sum.bytes ?? 0) + bytes > fileLimits.workspaceBytesMax) {
    const sentence = `The workspace's files may have ${fileLimits.workspaceBytesMax} bytes together. Delete some.`;
    throw new DomainError('conflict', sentence, at);
  }
}
