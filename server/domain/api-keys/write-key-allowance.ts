import type { Budget } from '../billing/budget.ts';
import type { Transaction } from '../database.ts';

export interface KeyAllowanceRequest {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly budget: Budget | null;
  readonly concurrencyMax: number | null;
}

/**
 * Under the lock that admitting and settling take, so what a key has spent and holds at this moment is exact, also where
 * it gets its first budget in the middle of a month. Without a budget and a concurrency of its own nothing is counted.
 */
export async function writeKeyAllowance(
  transaction: Transaction,
  { workspaceId, keyId, budget, concurrencyMax }: KeyAllowanceRequest,
): Promise<void> {
  await transaction.$queryRaw`SELECT 1 FROM allowances WHERE workspace_id = ${workspaceId}::uuid FOR UPDATE`;
  if (budget === null && concurrencyMax === null) {
    await transaction.keyAllowance.deleteMany({ where: { keyId, workspaceId } });
    return;
  }
  await transaction.$executeRaw`
    INSERT INTO key_allowances AS a
      (key_id, workspace_id, period_start, budget_micro_usd, budget_is_hard, concurrency_max, spent_micro_usd, held_micro_usd, held_requests)
    SELECT ${keyId}, ${workspaceId}::uuid, m.start, ${budget?.microUsd ?? null}::bigint, ${budget?.isHard ?? true},
      ${concurrencyMax}::integer,
      coalesce((SELECT sum(u.price_micro_usd) FROM usage_hours u
        WHERE u.workspace_id = ${workspaceId}::uuid AND u.key_id = ${keyId} AND u.hour >= m.start), 0),
      coalesce(sum(h.micro_usd), 0), coalesce(sum(h.requests), 0)
    FROM (SELECT date_trunc('month', clock_timestamp(), 'UTC') AS start) m
    LEFT JOIN holds h ON h.workspace_id = ${workspaceId}::uuid AND h.key_id = ${keyId}
    GROUP BY m.start
    ON CONFLICT (key_id) DO UPDATE
    SET budget_micro_usd = excluded.budget_micro_usd, budget_is_hard = excluded.budget_is_hard,
        concurrency_max = excluded.concurrency_max`;
}
