import { z } from 'zod';
import { budgetLimits } from '../rate-limits/limits.ts';

/** Money a month, of a key or a workspace. A hard budget refuses what it does not cover; a soft one only alerts. */
export const budgetSchema = z.object({
  microUsd: z.int().min(1, 'A budget is more than nothing.').max(budgetLimits.microUsdMax),
  isHard: z.boolean(),
});
export type Budget = z.output<typeof budgetSchema>;

/** Per cent of a budget at which its alerts go out. */
export const alertPercents = [50, 80, 100] as const;

export function budgetOf(
  row: { readonly budgetMicroUsd: bigint | null; readonly budgetIsHard: boolean } | null,
): Budget | null {
  if (row === null || row.budgetMicroUsd === null) return null;
  return { microUsd: Number(row.budgetMicroUsd), isHard: row.budgetIsHard };
}
