import type { UsageBucket, UsageRange } from './schema.ts';

const hourMs = 60 * 60 * 1_000;
const dayMs = 24 * hourMs;

const shapes = {
  '24h': { bucket: 'hour', buckets: 24 },
  '7d': { bucket: 'day', buckets: 7 },
  '30d': { bucket: 'day', buckets: 30 },
} as const satisfies Record<UsageRange, { bucket: UsageBucket; buckets: number }>;

export interface UsagePeriod {
  readonly from: Date;
  readonly to: Date;
  readonly bucket: UsageBucket;
}

/** Whole hours or days, UTC; the last one is still running. */
export function usagePeriod(range: UsageRange, now: Date): UsagePeriod {
  const { bucket, buckets } = shapes[range];
  const bucketMs = bucket === 'hour' ? hourMs : dayMs;
  const to = Math.floor(now.getTime() / bucketMs) * bucketMs + bucketMs;
  return { from: new Date(to - buckets * bucketMs), to: new Date(to), bucket };
}
