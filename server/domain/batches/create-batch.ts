import { randomBytes } from 'node:crypto';
import type { Batch } from '#prisma/generated/client.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { findFile } from '../files/find-file.ts';
import { batchLimits } from '../rate-limits/limits.ts';
import { openStatuses } from './batch-status.ts';

export interface NewBatch {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly address: string;
  readonly inputFileId: string;
  readonly endpoint: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

export async function createBatch(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, keyId, address, inputFileId, endpoint, metadata }: NewBatch,
): Promise<Batch> {
  const file = await findFile({ db, clock }, { workspaceId, id: inputFileId, param: 'input_file_id' });
  if (file.purpose !== 'batch') {
    const sentence = `This file's purpose is ${file.purpose}. Upload one with purpose=batch.`;
    throw new DomainError('invalid_request', sentence, { param: 'input_file_id' });
  }
  return db.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT 1 FROM workspaces WHERE id = ${workspaceId}::uuid FOR UPDATE`;
    const open = await transaction.batch.count({ where: { workspaceId, status: { in: [...openStatuses] } } });
    if (open >= batchLimits.openPerWorkspaceMax) {
      const sentence = `${open} batches of the workspace have not ended, the most there may be. Wait for one or cancel it.`;
      throw new DomainError('conflict', sentence);
    }
    const createdAt = clock.now();
    return transaction.batch.create({
      data: {
        id: `batch_${randomBytes(12).toString('hex')}`,
        workspaceId,
        keyId,
        address,
        inputFileId,
        endpoint,
        status: 'validating',
        ...(metadata && { metadata }),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + batchLimits.windowMs),
      },
    });
  });
}
