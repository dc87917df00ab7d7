import { randomBytes } from 'node:crypto';
import type { File } from '#prisma/generated/client.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { fileLimits } from '../rate-limits/limits.ts';
import { lockWorkspace } from '../workspaces/lock-workspace.ts';
import { fileBlob } from './file-blob.ts';
import { refuseTooMuch } from './refuse-too-much.ts';

export interface UploadedForm {
  /** Read as the file's bytes come; what follows the file is there once they have all been read. */
  readonly pieces: AsyncIterable<Uint8Array>;
  fields(): {
    readonly purpose: string | undefined;
    readonly filename: string;
    /** Undefined: as long as may be. */
    readonly lifetimeMs: number | undefined;
  };
}

/** The bytes are durable before the row that names them. */
export async function createFile(
  { db, clock, blobs }: { db: Database; clock: Clock; blobs: BlobStore },
  { workspaceId, form }: { workspaceId: string; form: UploadedForm },
): Promise<File> {
  await refuseTooMuch(db, { workspaceId, files: 1, bytes: 0 });
  const id = `file-${randomBytes(12).toString('hex')}`;
  const blob = fileBlob({ workspaceId, id });
  const { bytes } = await blobs.write(blob, form.pieces);
  try {
    const { purpose, filename, lifetimeMs = fileLimits.lifetimeMs } = form.fields();
    if (purpose !== 'batch') {
      throw new DomainError('invalid_request', 'Send purpose=batch: files are kept for batches.', {
        param: 'purpose',
      });
    }
    if (bytes === 0) throw new DomainError('invalid_request', 'The file is empty.', { param: 'file' });
    return await db.$transaction(async (transaction) => {
      // Uploads of a workspace are counted one after the other.
      await lockWorkspace(transaction, workspaceId);
      await refuseTooMuch(transaction, { workspaceId, files: 1, bytes });
      const createdAt = clock.now();
      const expiresAt = new Date(createdAt.getTime() + lifetimeMs);
      return transaction.file.create({
        data: { id, workspaceId, purpose, filename, bytes, createdAt, expiresAt },
      });
    });
  } catch (error) {
    await blobs.remove(blob);
    throw error;
  }
}
