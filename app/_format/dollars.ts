import type { Budget } from '#server/domain/billing/schema.ts';
import { budgetLimits } from '#server/domain/rate-limits/schema.ts';
import { count } from './number.ts';
import { ungrouped } from './typed-number.ts';

const microPerDollar = 1_000_000;

export const budgetProblem = `Give an amount above nothing, 50 or 12.50, up to ${count(budgetLimits.microUsdMax / microPerDollar)}.`;

/** What was typed as dollars, with at most six decimals. Null: nothing was. NaN: no amount. */
export function readDollars(typed: string): number | null {
  const text = ungrouped(typed.trim().replace(/^\$/, ''));
  if (text === '') return null;
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Number.NaN;
  return Math.round(Number(text) * microPerDollar);
}

export function writeDollars(budget: Budget | null): string {
  return budget ? String(budget.microUsd / microPerDollar) : '';
}
