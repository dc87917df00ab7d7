import { z } from 'zod';
import type { Budget } from '../billing/budget.ts';
import type { PlanId } from '../billing/plans.ts';
import { storableText } from '../storable-text.ts';

export const usageRanges = ['24h', '7d', '30d'] as const;
export type UsageRange = (typeof usageRanges)[number];
export type UsageBucket = 'hour' | 'day';

/**
 * Stands for the id of every short-lived key: the playground mints one after the other, and they are deleted a day after they
 * expire. What they spent is one row.
 */
export const shortLivedKeys = 'short_lived';

export const usageOverviewSchema = z.object({
  range: z.enum(usageRanges),
  keyId: storableText.min(1).max(60).optional(),
  model: storableText.min(1).max(200).optional(),
});

export interface UsageTotals {
  readonly requests: number;
  /** Answered with an error: included in requests. */
  readonly failed: number;
  readonly units: number;
  readonly priceMicroUsd: number;
  /** Over the answers that succeeded; null where there were none. */
  readonly p95Ms: number | null;
}

export interface UsagePoint {
  /** The first moment of the hour or day, UTC. */
  readonly at: Date;
  readonly model: string;
  readonly requests: number;
  readonly priceMicroUsd: number;
}

export interface UsageRow extends UsageTotals {
  /** Or `shortLivedKeys`. */
  readonly keyId: string;
  readonly keyName: string;
  readonly keyPrefix: string;
  readonly model: string;
  readonly task: string;
  readonly lastUsedAt: Date;
}

export interface UsageOverview {
  readonly from: Date;
  readonly to: Date;
  readonly bucket: UsageBucket;
  readonly totals: UsageTotals;
  readonly series: readonly UsagePoint[];
  readonly rows: readonly UsageRow[];
  /** The moment that the figures belong to, by the database's clock. */
  readonly countedAt: Date;
}

export interface UsageMonth {
  readonly periodStart: Date;
  readonly spentUnits: number;
  readonly heldUnits: number;
  readonly quotaUnits: number;
  readonly spentMicroUsd: number;
  readonly budget: Budget | null;
  readonly planId: PlanId;
}
