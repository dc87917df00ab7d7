import type { UsageOverview } from '#server/domain/usage/schema.ts';

const seriesMax = 5;
const hourMs = 3_600_000;
const bucketMs = { hour: hourMs, day: 24 * hourMs } as const;
export const otherName = 'other';

export interface ChartBucket {
  readonly at: Date;
  /** One count a series, in series order. */
  readonly counts: readonly number[];
  readonly total: number;
  readonly priceMicroUsd: number;
}

export interface ChartSeries {
  readonly names: readonly string[];
  readonly colors: readonly string[];
  readonly buckets: readonly ChartBucket[];
}

/** Every hour or day of the period, the empty ones too; the five models most called, then the rest as one. */
export function seriesOf({ from, to, bucket, series }: UsageOverview): ChartSeries {
  const totals = new Map<string, number>();
  for (const point of series) totals.set(point.model, (totals.get(point.model) ?? 0) + point.requests);
  const ranked = [...totals].sort((a, b) => b[1] - a[1]).map(([model]) => model);
  const own = ranked.slice(0, seriesMax);
  const names = ranked.length > seriesMax ? [...own, otherName] : own;
  const colors = names.map((name, index) =>
    name === otherName && index === seriesMax ? 'var(--series-other)' : `var(--series-${index + 1})`,
  );

  const buckets: ChartBucket[] = [];
  for (let at = from.getTime(); at < to.getTime(); at += bucketMs[bucket]) {
    const points = series.filter((point) => point.at.getTime() === at);
    const counts = names.map((name) =>
      points
        .filter((point) => (own.includes(point.model) ? point.model : otherName) === name)
        .reduce((sum, point) => sum + point.requests, 0),
    );
    buckets.push({
      at: new Date(at),
      counts,
      total: counts.reduce((sum, value) => sum + value, 0),
      priceMicroUsd: points.reduce((sum, point) => sum + point.priceMicroUsd, 0),
    });
  }
  return { names, colors, buckets };
}

/** A round top for the axis and its 3 or 4 gridlines: steps of 1, 2 or 5 times a power of ten, never under 1. */
export function axisOf(most: number): { readonly top: number; readonly marks: readonly number[] } {
  const rough = Math.max(1, most) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power);
  const steps = Math.max(1, Math.ceil(most / step));
  return { top: step * steps, marks: Array.from({ length: steps + 1 }, (_, index) => index * step) };
}
