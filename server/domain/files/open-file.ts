import type { File } from '#prisma/generated/client.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { fileBlob } from './file-blob.ts';
import { findFile } from './find-file.ts';

/** A file with its bytes, which are read as they are asked for. */
export async function openFile(
  { db, clock, blobs }: { db: Database; clock: Clock; blobs: BlobStore },
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<{ readonly file: File; readonly bytes: AsyncIterable<Uint8Array> }> {
  const file = await findFile({ db, clock }, { workspaceId, id });
  const bytes = await blobs.read(fileBlob(file));
  if (!bytes) {
    throw new DomainError('not_found', 'There is no such file in this workspace.', { param: 'file_id' });
  }
  return { file, bytes };
}
