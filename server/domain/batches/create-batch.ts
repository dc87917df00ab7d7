import { randomBytes } from 'node:crypto';
import type { Batch } from '#prisma/generated/client.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { findFile } from '../files/find-file.ts';
import { refuseTooMuch } from '../files/refuse-too-much.ts';
import { batchLimits } from '../rate-limits/limits.ts';
import { lockWorkspace } from '../workspaces/lock-workspace.ts';
import { openStatuses } from './batch-status.ts';
import { keyOfBatch } from './key-of-batch.ts';
import { type BatchName, findNamedBatch, nameBatch } from './named-batch.ts';

export interface NewBatch {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly address: string;
  readonly inputFileId: string;
  readonly endpoint: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  /** Undefined: it brought no Idempotency-Key. */
  readonly name: BatchName | undefined;
}

/** The same request under the same name gets the batch that it has made. */
export async function createBatch(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, keyId, address, inputFileId, endpoint, metadata, name }: NewBatch,
): Promise<Batch> {
  const before = name && (await findNamedBatch({ db, clock }, name));
  if (before) return before;
  return db.$transaction(async (transaction) => {
    // Also so that the file is not deleted between a look at it and the batch that reads it.
    await lockWorkspace(transaction, workspaceId);
    // Of the same request at the same time, the first had the lock.
    const meanwhile = name && (await findNamedBatch({ db: transaction, clock }, name));
    if (meanwhile) return meanwhile;
    const wanted = { workspaceId, id: inputFileId, param: 'input_file_id' };
    const file = await findFile({ db: transaction, clock }, wanted);
    if (file.purpose !== 'batch') {
      const sentence = `This file's purpose is ${file.purpose}. Upload one with purpose=batch.`;
      throw new DomainError('invalid_request', sentence, { param: 'input_file_id' });
    }
    // What its answers will take is not known; where the files are too much already, no more are made.
    await refuseTooMuch(transaction, { workspaceId, files: 0, bytes: 0 });
    const open = await transaction.batch.count({ where: { workspaceId, status: { in: [...openStatuses] } } });
    if (open >= batchLimits.openPerWorkspaceMax) {
      const sentence = `${open} batches of the workspace have not ended, the most there may be. Wait for one or cancel it.`;
      throw new DomainError('conflict', sentence);
    }
    const createdAt = clock.now();
    const expiresAt = new Date(createdAt.getTime() + batchLimits.windowMs);
    const id = `batch_${randomBytes(12).toString('hex')}`;
    if (name) await nameBatch({ db: transaction, clock }, name, id);
    return transaction.batch.create({
      data: {
        id,
        workspaceId,
        keyId: await keyOfBatch(transaction, { workspaceId, keyId }, { createdAt, expiresAt }),
        address,
        inputFileId,
        endpoint,
        status: 'validating',
        ...(metadata && { metadata }),
        createdAt,
        expiresAt,
      },
    });
  });
}
