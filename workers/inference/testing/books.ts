import type { Pool } from 'pg';
import { expect } from 'vitest';
import { parsePublicRequestId } from '#server/domain/usage/request-id.ts';

/** What the ledger, the roll-ups and the allowance say of a workspace, in one snapshot. */
export async function readBooks(pool: Pool, workspaceId: string) {
  const { rows } = await pool.query<{
    ledger: number;
    ledgerUnits: number;
    rolled: number;
    rolledUnits: number;
    spent: number;
    heldUnits: number;
    heldRequests: number;
    holds: number;
  }>(
    `SELECT
       (SELECT count(*) FROM usage_records WHERE workspace_id = $1)::int AS "ledger",
       (SELECT coalesce(sum(input_units + output_units), 0) FROM usage_records WHERE workspace_id = $1)::int AS "ledgerUnits",
       (SELECT coalesce(sum(requests), 0) FROM usage_hours WHERE workspace_id = $1)::int AS "rolled",
       (SELECT coalesce(sum(input_units + output_units), 0) FROM usage_hours WHERE workspace_id = $1)::int AS "rolledUnits",
       spent_units::int AS "spent", held_units::int AS "heldUnits", held_requests AS "heldRequests",
       (SELECT count(*) FROM holds WHERE workspace_id = $1)::int AS "holds"
     FROM allowances WHERE workspace_id = $1`,
    [workspaceId],
  );
  const books = rows[0];
  if (!books) throw new Error('no allowance');
  return books;
}

export async function expectInLedgerOnce(pool: Pool, acknowledged: readonly string[]): Promise<void> {
  const ids = acknowledged.map((id) => parsePublicRequestId(id));
  const { rows } = await pool.query<{ id: string; times: number }>(
    'SELECT id, count(*)::int AS times FROM usage_records WHERE id = ANY ($1) AND status_class = 2 GROUP BY id',
    [ids],
  );
  expect(rows.filter((row) => row.times !== 1)).toEqual([]);
  expect(new Set(rows.map((row) => row.id))).toEqual(new Set(ids));
}
