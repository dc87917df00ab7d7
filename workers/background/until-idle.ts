import { once } from 'node:events';
import type { Pool } from 'pg';

/** Waits for the statements that run and those that wait. The queue itself does not wait for the one that ends a job. */
export async function untilIdle(pool: Pool): Promise<void> {
  while (pool.totalCount > pool.idleCount || pool.waitingCount > 0) await once(pool, 'release');
}
