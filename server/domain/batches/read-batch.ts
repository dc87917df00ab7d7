import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { batchItemOf } from './batch-item.ts';
import { findBatch } from './find-batch.ts';
import type { BatchDetail, BatchFile, LineError } from './schema.ts';

/** A batch with its files, as far as they are kept. */
export async function readBatch(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, batchId }: { workspaceId: string; batchId: string },
): Promise<BatchDetail> {
  const batch = await findBatch({ db }, { workspaceId, id: batchId });
  const { keyId, inputFileId, outputFileId, errorFileId } = batch;
  const ids = [inputFileId, outputFileId, errorFileId].filter((id) => id !== null);
  const [files, key] = await Promise.all([
    db.file.findMany({ where: { workspaceId, id: { in: ids }, expiresAt: { gt: clock.now() } } }),
    db.apiKey.findFirst({ where: { workspaceId, id: keyId }, select: { name: true } }),
  ]);

  function fileOf(id: string): BatchFile {
    const file = files.find((each) => each.id === id);
    if (!file) return { id, kept: null };
    const { filename, bytes, expiresAt } = file;
    return { id, kept: { filename, bytes: Number(bytes), expiresAt } };
  }

  return {
    ...batchItemOf(batch),
    keyName: key?.name ?? null,
    errors: (batch.errors ?? []) as unknown as readonly LineError[],
    metadata: (batch.metadata ?? {}) as Record<string, string>,
    inProgressAt: batch.inProgressAt,
    finalizingAt: batch.finalizingAt,
    cancellingAt: batch.cancellingAt,
    expiresAt: batch.expiresAt,
    inputFile: fileOf(inputFileId),
    outputFile: outputFileId === null ? null : fileOf(outputFileId),
    errorFile: errorFileId === null ? null : fileOf(errorFileId),
  };
}
