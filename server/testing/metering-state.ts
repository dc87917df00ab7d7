import type pg from 'pg';
import type { Customer } from './metering-requests.ts';

/** All that a call may change of a workspace, without ids, times and what trickles into buckets. */
export async function meteringState(
  pool: pg.Pool,
  { workspaceId, keyId }: Pick<Customer, 'workspaceId' | 'keyId'>,
) {
  const query = async (text: string, values: unknown[]) => (await pool.query(text, values)).rows;
  return {
    allowance: await query(
      'SELECT spent_units, spent_micro_usd, held_units, held_micro_usd, held_requests FROM allowances WHERE workspace_id = $1',
      [workspaceId],
    ),
    holds: await query(
      `SELECT requests, units, micro_usd, epoch, round(extract(epoch FROM expires_at - now()) / 10) AS tens FROM holds
       WHERE workspace_id = $1 ORDER BY requests, units`,
      [workspaceId],
    ),
    hours: await query(
      `SELECT model_version, task, status_class, requests, input_units, output_units, price_micro_usd, latency_counts,
         hour = date_trunc('hour', hour, 'UTC') AS is_hour, key_id = $2 AS is_key
       FROM usage_hours WHERE workspace_id = $1 ORDER BY 1, 2, 3`,
      [workspaceId, keyId],
    ),
    records: await query(
      `SELECT task, model_version, status_class, input_units, output_units, unit, price_micro_usd, price_version, latency_ms
       FROM usage_records WHERE workspace_id = $1 ORDER BY latency_ms, input_units, price_micro_usd`,
      [workspaceId],
    ),
  };
}

/** Of the key, then of its workspace. */
export async function rateBuckets(
  pool: pg.Pool,
  { workspaceId, keyId }: Pick<Customer, 'workspaceId' | 'keyId'>,
) {
  const { rows } = await pool.query<{ requests: number; units: number }>(
    `SELECT requests, units FROM rate_buckets
     WHERE bucket IN ('workspace:' || $1, (SELECT rate_bucket FROM api_keys WHERE id = $2)) ORDER BY bucket LIKE 'workspace:%'`,
    [workspaceId, keyId],
  );
  return rows;
}
