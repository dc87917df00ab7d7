import type { RateWindow, RateWindows } from '#server/domain/usage/metering.ts';

/** Of a key and its workspace: the limits a minute, and what is left of them. */
export type BucketColumns = readonly [
  keyRequestsLimit: number,
  keyRequests: number,
  keyUnitsLimit: number,
  keyUnits: number,
  allRequestsLimit: number,
  allRequests: number,
  allUnitsLimit: number,
  allUnits: number,
];

/** The tighter of the two is what the caller is told. */
export function toWindows(buckets: BucketColumns): RateWindows {
  const [keyRequestsLimit, keyRequests, keyUnitsLimit, keyUnits, ...ofAll] = buckets;
  const [allRequestsLimit, allRequests, allUnitsLimit, allUnits] = ofAll;
  return {
    requests:
      allRequests < keyRequests
        ? toWindow(allRequestsLimit, allRequests)
        : toWindow(keyRequestsLimit, keyRequests),
    units: allUnits < keyUnits ? toWindow(allUnitsLimit, allUnits) : toWindow(keyUnitsLimit, keyUnits),
  };
}

function toWindow(limit: number, left: number): RateWindow {
  const remaining = Math.floor(left);
  return { limit, remaining, resetMs: Math.ceil(((limit - remaining) * 60_000) / limit) };
}
