/** What is sold. Quotas and limits are copied onto a workspace's allowance when it takes a plan. */
export interface Plan {
  readonly name: string;
  readonly priceMicroUsdPerMonth: number;
  /** Units a month; a hard stop. */
  readonly quotaUnits: number;
  readonly requestsPerMinute: number;
  readonly unitsPerMinute: number;
  readonly concurrencyMax: number;
}

export const plans = {
  free: {
    name: 'Free',
    priceMicroUsdPerMonth: 0,
    quotaUnits: 100_000,
    requestsPerMinute: 120,
    unitsPerMinute: 20_000,
    concurrencyMax: 8,
  },
  pro: {
    name: 'Pro',
    priceMicroUsdPerMonth: 29_000_000,
    quotaUnits: 100_000_000,
    requestsPerMinute: 3_000,
    unitsPerMinute: 1_000_000,
    concurrencyMax: 64,
  },
  scale: {
    name: 'Scale',
    priceMicroUsdPerMonth: 299_000_000,
    quotaUnits: 10_000_000_000,
    requestsPerMinute: 120_000,
    unitsPerMinute: 60_000_000,
    concurrencyMax: 2_048,
  },
} as const satisfies Record<string, Plan>;

export type PlanId = keyof typeof plans;
export const largestPlanId: PlanId = 'scale';

export function planOf(planId: string): Plan {
  if (planId in plans) return plans[planId as PlanId];
  throw new Error(`Unknown plan: ${planId}`);
}
