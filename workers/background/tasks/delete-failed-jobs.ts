import type { Pool } from 'pg';
import { retention } from '#server/domain/rate-limits/limits.ts';

/** The queue keeps a job that it has given up for ever, and with it the mail that could not be handed over. */
export async function deleteFailedJobs(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `SELECT FROM graphile_worker.complete_jobs(ARRAY(
       SELECT id FROM graphile_worker.jobs
       WHERE attempts >= max_attempts AND locked_at IS NULL AND updated_at < now() - $1 * interval '1 millisecond'))`,
    [retention.failedJobsMs],
  );
  return rowCount ?? 0;
}
