import { type PlanId, plans } from '#server/domain/billing/schema.ts';

/** A place on a logarithmic scale, to two digits. */
export function textsAt(share: number, { from, to }: { readonly from: number; readonly to: number }): number {
  return Number((10 ** (from + share * (to - from))).toPrecision(2));
}

/** The smallest plan whose quota carries so many units; null when none does. */
export function planFor(units: number): PlanId | null {
  const fitting = (Object.keys(plans) as PlanId[]).filter((id) => plans[id].quotaUnits >= units);
  return fitting.sort((a, b) => plans[a].quotaUnits - plans[b].quotaUnits)[0] ?? null;
}
