import { displayPrefix } from '../api-keys/key-format.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { latencyQuantileMs } from './latency-histogram.ts';
import {
  shortLivedKeys,
  type UsageOverview,
  type UsagePoint,
  type UsageRange,
  type UsageRow,
  type UsageTotals,
} from './schema.ts';
import { usagePeriod } from './usage-range.ts';

export interface UsageQuestion {
  readonly workspaceId: string;
  readonly range: UsageRange;
  readonly keyId?: string | undefined;
  readonly model?: string | undefined;
}

/** The table's rows, the ones that cost most first; the totals are over all of them. */
const rowsMax = 200;

/** Reads the hourly roll-ups only, in one statement, so that the chart, the table and the totals agree. */
export async function readUsageOverview(
  { db, clock }: { db: Database; clock: Clock },
  question: UsageQuestion,
): Promise<UsageOverview> {
  const period = usagePeriod(question.range, clock.now());
  const rows = await readRows(db, question, period);
  const [totals, ...others] = rows.filter(({ at }) => at === null);
  if (!totals) throw new Error('Grouping sets without their total');
  return {
    ...period,
    totals: totalsOf(totals),
    rows: others.map(usageRowOf),
    series: rows.flatMap(usagePointsOf),
    countedAt: totals.counted_at,
  };
}

/** One of three: the row that sums all up (no key, no bucket), one of the table (a key), one of the chart (a bucket). */
interface OverviewRow {
  readonly at: Date | null;
  readonly key_id: string | null;
  readonly key_name: string | null;
  readonly model: string | null;
  readonly task: string | null;
  readonly last_used_at: Date | null;
  readonly requests: bigint;
  readonly failed: bigint;
  readonly units: bigint;
  readonly price_micro_usd: bigint;
  /** One sum a latency class, over the answers that succeeded; null where there are none. */
  readonly latency_counts: readonly bigint[] | null;
  readonly counted_at: Date;
}

function readRows(
  db: Database,
  { workspaceId, ...only }: UsageQuestion,
  { from, to, bucket }: Pick<UsageOverview, 'from' | 'to' | 'bucket'>,
): Promise<OverviewRow[]> {
  const keyId = only.keyId ?? null;
  const model = only.model ?? null;
  return db.$queryRaw<OverviewRow[]>`
    WITH chosen AS (
      SELECT CASE WHEN k.kind = 'live' THEN h.key_id ELSE ${shortLivedKeys} END AS key_id, model_version AS model, task,
        date_trunc(${bucket}, hour, 'UTC') AS at,
        status_class, requests, input_units, output_units, price_micro_usd, latency_counts, h.last_used_at
      FROM usage_hours h LEFT JOIN api_keys k ON k.id = h.key_id
      WHERE h.workspace_id = ${workspaceId}::uuid AND hour >= ${from} AND hour < ${to}
        AND (${keyId}::text IS NULL OR h.key_id = ${keyId} OR (${keyId} = ${shortLivedKeys} AND k.kind IS DISTINCT FROM 'live'))
        AND (${model}::text IS NULL OR model_version = ${model})
    ), sums AS (
      SELECT at, key_id, model, task,
        coalesce(sum(requests), 0)::bigint AS requests,
        coalesce(sum(requests) FILTER (WHERE status_class <> 2), 0)::bigint AS failed,
        coalesce(sum(input_units + output_units), 0)::bigint AS units,
        coalesce(sum(price_micro_usd), 0)::bigint AS price_micro_usd,
        max(last_used_at) AS last_used_at
      FROM chosen GROUP BY GROUPING SETS ((), (key_id, model, task), (at, model))
    ), latencies AS (
      SELECT key_id, model, task, array_agg(requests ORDER BY i) AS latency_counts
      FROM (
        SELECT key_id, model, task, c.i, sum(c.n)::bigint AS requests
        FROM chosen, unnest(latency_counts) WITH ORDINALITY AS c (n, i)
        WHERE status_class = 2 GROUP BY GROUPING SETS ((c.i), (key_id, model, task, c.i))
      ) class GROUP BY key_id, model, task
    ), listed AS (
      SELECT s.*, l.latency_counts, k.name AS key_name
      FROM sums s
      LEFT JOIN latencies l ON (l.key_id, l.model, l.task) IS NOT DISTINCT FROM (s.key_id, s.model, s.task)
      LEFT JOIN api_keys k ON k.id = s.key_id
      WHERE s.at IS NULL
      ORDER BY s.key_id IS NOT NULL, s.price_micro_usd DESC, s.requests DESC, s.key_id, s.model
      LIMIT ${rowsMax + 1}
    )
    SELECT *, now() AS counted_at FROM listed
    UNION ALL
    SELECT *, NULL, NULL, now() FROM sums WHERE at IS NOT NULL
    ORDER BY at NULLS FIRST, price_micro_usd DESC, requests DESC, key_id NULLS FIRST, model`;
}

function usageRowOf(row: OverviewRow): UsageRow {
  const { key_id: keyId, model, task, last_used_at: lastUsedAt } = row;
  if (keyId === null || model === null || task === null || !lastUsedAt) throw new Error('A second total');
  return {
    keyId,
    keyName: row.key_name ?? 'Console',
    keyPrefix: keyId === shortLivedKeys ? displayPrefix('short_lived', '') : displayPrefix('live', keyId),
    model,
    task,
    lastUsedAt,
    ...totalsOf(row),
  };
}

function usagePointsOf({ at, model, requests, price_micro_usd: priceMicroUsd }: OverviewRow): UsagePoint[] {
  if (at === null || model === null) return [];
  return [{ at, model, requests: Number(requests), priceMicroUsd: Number(priceMicroUsd) }];
}

function totalsOf(sums: OverviewRow): UsageTotals {
  return {
    requests: Number(sums.requests),
    failed: Number(sums.failed),
    units: Number(sums.units),
    priceMicroUsd: Number(sums.price_micro_usd),
    p95Ms: sums.latency_counts ? latencyQuantileMs(sums.latency_counts.map(Number), 0.95) : null,
  };
}
