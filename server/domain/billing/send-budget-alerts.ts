import type { Database } from '../database.ts';
import { announceBudgetAlert, type BudgetAlert, type BudgetAnnouncement } from './announce-budget-alert.ts';
import { alertPercents } from './budget.ts';

export interface BudgetAlertDependencies extends BudgetAnnouncement {
  readonly db: Database;
}

interface DueRow {
  readonly workspace_id: string;
  readonly slug: string;
  readonly key_id: string;
  readonly period_start: Date;
  readonly budget_micro_usd: bigint;
  readonly budget_is_hard: boolean;
  readonly spent_micro_usd: bigint;
  readonly percents: number[];
}

/** A round is bounded: what is due beyond that is found by the next one. */
const perRoundMax = 200;

/**
 * Reads what admitting and settling have counted anyway, so no request pays for it. Each alert goes out once a month for a
 * budget of that amount, however many processes look. A hard budget counts as spent from 99 % on: it refuses what its
 * rest does not cover, so it may never get further.
 */
export async function sendBudgetAlerts(dependencies: BudgetAlertDependencies): Promise<number> {
  const due = await dependencies.db.$queryRaw<DueRow[]>`
    WITH budgets AS (
      SELECT a.workspace_id, '' AS key_id, a.period_start, a.budget_micro_usd, a.budget_is_hard, a.spent_micro_usd
      FROM allowances a WHERE a.budget_micro_usd > 0
      UNION ALL
      SELECT k.workspace_id, k.key_id, k.period_start, k.budget_micro_usd, k.budget_is_hard, k.spent_micro_usd
      FROM key_allowances k WHERE k.budget_micro_usd > 0
    )
    SELECT b.*, w.slug, array_agg(p.percent ORDER BY p.percent) AS percents
    FROM budgets b JOIN workspaces w ON w.id = b.workspace_id
    CROSS JOIN unnest(${[...alertPercents]}::integer[]) AS p (percent)
    WHERE b.period_start >= date_trunc('month', clock_timestamp(), 'UTC')
      AND b.spent_micro_usd * 100 >= b.budget_micro_usd * CASE WHEN b.budget_is_hard THEN least(p.percent, 99) ELSE p.percent END
      AND NOT EXISTS (
        SELECT 1 FROM budget_alerts s
        WHERE s.workspace_id = b.workspace_id AND s.key_id = b.key_id AND s.period_start = b.period_start
          AND s.budget_micro_usd = b.budget_micro_usd AND s.percent = p.percent)
    GROUP BY b.workspace_id, b.key_id, b.period_start, b.budget_micro_usd, b.budget_is_hard, b.spent_micro_usd, w.slug
    ORDER BY b.workspace_id, b.key_id LIMIT ${perRoundMax}`;
  let sent = 0;
  for (const row of due) if (await sendOnce(dependencies, row)) sent++;
  return sent;
}

/** Of several that are reached at once the highest alone is told. */
async function sendOnce(dependencies: BudgetAlertDependencies, row: DueRow): Promise<boolean> {
  const percent = Math.max(...row.percents);
  const budget = {
    workspaceId: row.workspace_id,
    keyId: row.key_id,
    periodStart: row.period_start,
    budgetMicroUsd: row.budget_micro_usd,
  };
  return dependencies.db.$transaction(async (transaction) => {
    const own = await transaction.budgetAlert.createMany({
      data: { ...budget, percent },
      skipDuplicates: true,
    });
    if (own.count === 0) return false;
    const lower = row.percents.filter((each) => each < percent);
    await transaction.budgetAlert.createMany({
      data: lower.map((each) => ({ ...budget, percent: each })),
      skipDuplicates: true,
    });
    await announceBudgetAlert(dependencies, transaction, toAlert(row, percent));
    return true;
  });
}

function toAlert(row: DueRow, percent: number): BudgetAlert {
  return {
    workspaceId: row.workspace_id,
    slug: row.slug,
    keyId: row.key_id === '' ? null : row.key_id,
    periodStart: row.period_start,
    percent,
    budget: { microUsd: Number(row.budget_micro_usd), isHard: row.budget_is_hard },
    spentMicroUsd: Number(row.spent_micro_usd),
  };
}
