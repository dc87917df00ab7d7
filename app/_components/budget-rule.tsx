import type { Budget } from '#server/domain/billing/schema.ts';
import { percent } from '../_format/number.ts';
import { Rule } from './rule.tsx';

interface BudgetRuleProps {
  readonly spentMicroUsd: number;
  readonly budget: Budget;
}

/** How much of a month's budget is spent; the mark is where the alert before the last goes out. */
export function BudgetRule({ spentMicroUsd, budget }: BudgetRuleProps) {
  const share = spentMicroUsd / budget.microUsd;
  return (
    <Rule
      label={`${percent(share, 0)} % of the month's budget spent`}
      value={share * 100}
      threshold={80}
      color={share >= 1 ? 'var(--bad)' : 'var(--ink-3)'}
    />
  );
}
