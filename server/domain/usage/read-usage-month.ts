import { budgetOf } from '../billing/budget.ts';
import type { PlanId } from '../billing/plans.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { monthStartOf } from './month-start.ts';
import type { UsageMonth } from './schema.ts';

/** What is spent and left this month, as admission sees it: figures of an earlier month count for nothing. */
export async function readUsageMonth(
  { db, clock }: { db: Database; clock: Clock },
  { id, planId }: { id: string; planId: PlanId },
): Promise<UsageMonth> {
  const allowance = await db.allowance.findUniqueOrThrow({ where: { workspaceId: id } });
  const periodStart = monthStartOf(clock.now());
  const over = allowance.periodStart < periodStart;
  return {
    periodStart,
    spentUnits: over ? 0 : Number(allowance.spentUnits),
    heldUnits: Number(allowance.heldUnits),
    quotaUnits: Number(allowance.quotaUnits),
    spentMicroUsd: over ? 0 : Number(allowance.spentMicroUsd),
    budget: budgetOf(allowance),
    planId,
  };
}
