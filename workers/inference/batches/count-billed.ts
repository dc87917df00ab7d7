import type { BatchQueue, BegunLine, ClaimedBatch, Leased } from '#server/platform/batches/batch-queue.ts';

/**
 * Counts what a gateway that died had billed and not counted, also where the batch was cancelled or has expired since: what
 * was billed has its answer. Gives the lines that were begun, as they are then.
 */
export async function countBilled(
  batch: ClaimedBatch & Leased,
  queue: BatchQueue,
): Promise<readonly BegunLine[]> {
  const lines = await queue.lines(batch.id);
  const billed = new Set(
    lines.filter(({ isSettled, part, statusClass }) => !isSettled && part !== null && statusClass !== null),
  );
  if (billed.size > 0) {
    await queue.countLines(
      batch,
      [...billed].map(({ line, statusClass }) => ({ line, isFailed: statusClass !== 2 })),
    );
  }
  return lines.map((line) => (billed.has(line) ? { ...line, isSettled: true } : line));
}
