import { openStatuses } from '../batches/batch-status.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { fileBlob } from './file-blob.ts';
import { findFile } from './find-file.ts';

export async function deleteFile(
  { db, clock, blobs }: { db: Database; clock: Clock; blobs: BlobStore },
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<void> {
  const file = await findFile({ db, clock }, { workspaceId, id });
  const reader = await db.batch.findFirst({
    where: { workspaceId, inputFileId: id, status: { in: [...openStatuses] } },
    select: { id: true },
  });
  if (reader) {
    const sentence = `${reader.id} still reads this file. Cancel it first, or wait until it has ended.`;
    throw new DomainError('conflict', sentence, { param: 'file_id' });
  }
  // Bytes first: a row without them is found and deleted again, bytes without a row never are.
  await blobs.remove(fileBlob(file));
  await db.file.deleteMany({ where: { id, workspaceId } });
}
