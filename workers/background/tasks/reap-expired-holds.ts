import type { Pool } from 'pg';

/** Gives back what requests held that never came to an end. Any number of processes may do it at once. */
export async function reapExpiredHolds(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ released: number | null }>('SELECT reap_expired_holds() AS released');
  return rows[0]?.released ?? 0;
}
