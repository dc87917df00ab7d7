import type { Batch } from '#prisma/generated/client.ts';
import type { BatchItem, BatchStatus } from './schema.ts';

export function batchItemOf(batch: Batch): BatchItem {
  const { id, endpoint, total, completed, failed, createdAt, endedAt } = batch;
  return {
    id,
    endpoint,
    status: batch.status as BatchStatus,
    total,
    completed,
    failed,
    createdAt,
    endedAt,
  };
}
