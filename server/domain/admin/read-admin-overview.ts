import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { AdminOverview } from './schema.ts';

export interface QueueCounts {
  readonly ready: number;
  /** Given up after the last attempt. */
  readonly failed: number;
}

const dayMs = 24 * 60 * 60 * 1_000;

/** Today is the UTC day. Counts and sums only: no tenant's data is shown. */
export async function readAdminOverview({
  db,
  clock,
  readQueueCounts,
}: {
  db: Database;
  clock: Clock;
  readQueueCounts: () => Promise<QueueCounts>;
}): Promise<AdminOverview> {
  const today = new Date(Math.floor(clock.now().getTime() / dayMs) * dayMs);
  const [workspaces, users, holds, queue, usage, size] = await Promise.all([
    db.workspace.count(),
    db.user.count(),
    db.hold.count(),
    readQueueCounts(),
    db.usageHour.groupBy({
      by: ['statusClass'],
      where: { hour: { gte: today } },
      _sum: { requests: true, priceMicroUsd: true },
    }),
    db.$queryRaw<{ bytes: bigint }[]>`SELECT pg_database_size(current_database()) AS bytes`,
  ]);
  const requestsOf = (rows: typeof usage) =>
    rows.reduce((sum, row) => sum + Number(row._sum.requests ?? 0), 0);
  return {
    workspaces,
    users,
    requestsToday: requestsOf(usage),
    failedToday: requestsOf(usage.filter((row) => row.statusClass !== 2)),
    microUsdToday: usage.reduce((sum, row) => sum + Number(row._sum.priceMicroUsd ?? 0), 0),
    holds,
    queue,
    database: { sizeBytes: Number(size[0]?.bytes ?? 0) },
  };
}
