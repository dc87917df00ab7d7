import type { PrismaClient } from '#prisma/generated/client.ts';
import type { QueueCounts } from '#server/domain/admin/read-admin-overview.ts';

export async function readQueueCounts(db: PrismaClient): Promise<QueueCounts> {
  const [counts] = await db.$queryRaw<{ ready: bigint; failed: bigint }[]>`
    SELECT count(*) FILTER (WHERE attempts < max_attempts AND locked_at IS NULL AND run_at <= now()) AS ready,
      count(*) FILTER (WHERE attempts >= max_attempts AND locked_at IS NULL) AS failed
    FROM graphile_worker.jobs`;
  return { ready: Number(counts?.ready ?? 0), failed: Number(counts?.failed ?? 0) };
}
