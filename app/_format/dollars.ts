import type { Budget } from '#server/domain/billing/schema.ts';

const microPerDollar = 1_000_000;

/** What was typed as dollars, with at most six decimals. Null: nothing was. NaN: no amount. */
export function readDollars(typed: string): number | null {
  const text = typed.trim().replace(/^\$/, '').replaceAll(',', '');
  if (text === '') return null;
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Number.NaN;
  return Math.round(Number(text) * microPerDollar);
}

export function writeDollars(budget: Budget | null): string {
  return budget ? String(budget.microUsd / microPerDollar) : '';
}
