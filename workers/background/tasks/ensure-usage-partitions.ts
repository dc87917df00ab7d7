import type { Pool } from 'pg';

/** Two months ahead: the process may stand still for weeks before a row lands in the default partition. */
const monthsAhead = 2;

export async function ensureUsagePartitions(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ made: number }>('SELECT ensure_usage_partitions($1) AS made', [
    monthsAhead,
  ]);
  return rows[0]?.made ?? 0;
}
