import { latencyBoundsMs } from './metering.ts';

export const latencyBuckets = latencyBoundsMs.length + 1;

/**
 * The latency that a share `q` of the requests stayed within, interpolated inside its bucket; null when there is
 * no request. What lies beyond the last bound is told as that bound: an underestimate, never an invented figure.
 */
export function latencyQuantileMs(counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  for (let i = 0; i < latencyBuckets; i++) {
    const count = counts[i] ?? 0;
    if (count > 0 && below + count >= rank) {
      const low = i === 0 ? 0 : (latencyBoundsMs[i - 1] ?? 0);
      const high = latencyBoundsMs[i] ?? low;
      return tenths(low + (high - low) * Math.max(0, (rank - below) / count));
    }
    below += count;
  }
  return latencyBoundsMs[latencyBoundsMs.length - 1] ?? null;
}

/** Estimated between bounds that are far apart: more digits would only be the rest of a binary fraction. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
