import { openStatuses } from '../batches/batch-status.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { lockWorkspace } from '../workspaces/lock-workspace.ts';
import { fileBlob } from './file-blob.ts';
import { findFile } from './find-file.ts';

export async function deleteFile(
  { db, clock, blobs }: { db: Database; clock: Clock; blobs: BlobStore },
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<void> {
  await db.$transaction(async (transaction) => {
    // As a batch is made: of the two at once, the later one sees the other.
    await lockWorkspace(transaction, workspaceId);
    const file = await findFile({ db: transaction, clock }, { workspaceId, id });
    const reader = await transaction.batch.findFirst({
      where: { workspaceId, inputFileId: id, status: { in: [...openStatuses] } },
      select: { id: true },
    });
    if (reader) {
      const sentence = `${reader.id} still reads this file. Cancel it first, or wait until it has ended.`;
      throw new DomainError('conflict', sentence, { param: 'file_id' });
    }
    // Bytes first: a row without them is found and deleted again, bytes without a row a day later.
    await blobs.remove(fileBlob(file));
    await transaction.file.deleteMany({ where: { id, workspaceId } });
  });
}
