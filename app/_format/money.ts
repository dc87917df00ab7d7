const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const microPerDollar = 1_000_000;

/** For slips: to the micro-dollar. */
export function exactMoney(microUsd: number): string {
  return `$${(microUsd / microPerDollar).toFixed(6)}`;
}

/** For sums: cents from one dollar up, to the micro-dollar below it. */
export function money(microUsd: number): string {
  if (microUsd === 0 || microUsd >= microPerDollar) return dollars.format(microUsd / microPerDollar);
  return exactMoney(microUsd);
}
