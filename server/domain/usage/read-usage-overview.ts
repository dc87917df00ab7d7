import { displayPrefix } from '../api-keys/key-format.ts';
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database.ts';
import { latencyQuantileMs } from './latency-histogram.ts';
import {
  shortLivedKeys,
  type UsageBucket,
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

interface Selection {
  readonly workspaceId: string;
  readonly from: Date;
  readonly to: Date;
  readonly keyId: string | null;
  readonly model: string | null;
  readonly bucket: UsageBucket;
}

/** The table's rows, the ones that cost most first; the totals are over all of them. */
const rowsMax = 200;

/** Reads the hourly roll-ups only, all in one snapshot, so that the chart, the table and the totals agree. */
export async function readUsageOverview(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, range, keyId, model }: UsageQuestion,
): Promise<UsageOverview> {
  const period = usagePeriod(range, clock.now());
  const selection = { workspaceId, keyId: keyId ?? null, model: model ?? null, ...period };
  return db.$transaction(
    async (transaction) => ({
      ...period,
      ...(await readTable(transaction, selection)),
      series: await readSeries(transaction, selection),
      countedAt: await readMoment(transaction),
    }),
    { isolationLevel: 'RepeatableRead' },
  );
}

interface SumsRow {
  readonly requests: bigint;
  readonly failed: bigint;
  readonly units: bigint;
  readonly price_micro_usd: bigint;
  /** One sum a latency class, over the answers that succeeded; null where there are none. */
  readonly latency_counts: readonly bigint[] | null;
}

/** key_id, model, task and last_used_at are null in the one row that sums them all up. */
interface TableRow extends SumsRow {
  readonly key_id: string | null;
  readonly key_name: string | null;
  readonly model: string | null;
  readonly task: string | null;
  readonly last_used_at: Date | null;
}

async function readTable(
  transaction: Transaction,
  { workspaceId, from, to, keyId, model }: Selection,
): Promise<Pick<UsageOverview, 'totals' | 'rows'>> {
  const table = await transaction.$queryRaw<TableRow[]>`
    WITH chosen AS (
      SELECT CASE WHEN k.kind = 'live' THEN h.key_id ELSE ${shortLivedKeys} END AS key_id, model_version AS model, task,
        status_class, requests, input_units, output_units, price_micro_usd, latency_counts, h.last_used_at
      FROM usage_hours h LEFT JOIN api_keys k ON k.id = h.key_id
      WHERE h.workspace_id = ${workspaceId}::uuid AND hour >= ${from} AND hour < ${to}
        AND (${keyId}::text IS NULL OR h.key_id = ${keyId} OR (${keyId} = ${shortLivedKeys} AND k.kind IS DISTINCT FROM 'live'))
        AND (${model}::text IS NULL OR model_version = ${model})
    ), sums AS (
      SELECT key_id, model, task,
        coalesce(sum(requests), 0)::bigint AS requests,
        coalesce(sum(requests) FILTER (WHERE status_class <> 2), 0)::bigint AS failed,
        coalesce(sum(input_units + output_units), 0)::bigint AS units,
        coalesce(sum(price_micro_usd), 0)::bigint AS price_micro_usd,
        max(last_used_at) AS last_used_at
      FROM chosen GROUP BY GROUPING SETS ((), (key_id, model, task))
    ), latencies AS (
      SELECT key_id, model, task, array_agg(requests ORDER BY i) AS latency_counts
      FROM (
        SELECT key_id, model, task, c.i, sum(c.n)::bigint AS requests
        FROM chosen, unnest(latency_counts) WITH ORDINALITY AS c (n, i)
        WHERE status_class = 2 GROUP BY GROUPING SETS ((c.i), (key_id, model, task, c.i))
      ) class GROUP BY key_id, model, task
    )
    SELECT s.*, l.latency_counts, k.name AS key_name
    FROM sums s
    LEFT JOIN latencies l ON (l.key_id, l.model, l.task) IS NOT DISTINCT FROM (s.key_id, s.model, s.task)
    LEFT JOIN api_keys k ON k.id = s.key_id
    ORDER BY s.key_id IS NOT NULL, s.price_micro_usd DESC, s.requests DESC, s.key_id, s.model
    LIMIT ${rowsMax + 1}`;
  const [totals, ...rows] = table;
  if (!totals) throw new Error('Grouping sets without their total');
  return { totals: totalsOf(totals), rows: rows.map(usageRowOf) };
}

function usageRowOf(row: TableRow): UsageRow {
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

async function readSeries(transaction: Transaction, selection: Selection): Promise<UsagePoint[]> {
  const { workspaceId, from, to, keyId, model, bucket } = selection;
  const points = await transaction.$queryRaw<
    { at: Date; model: string; requests: bigint; price_micro_usd: bigint }[]
  >`
    SELECT date_trunc(${bucket}, hour, 'UTC') AS at, model_version AS model,
      sum(requests)::bigint AS requests, sum(price_micro_usd)::bigint AS price_micro_usd
    FROM usage_hours h LEFT JOIN api_keys k ON k.id = h.key_id
    WHERE h.workspace_id = ${workspaceId}::uuid AND hour >= ${from} AND hour < ${to}
      AND (${keyId}::text IS NULL OR h.key_id = ${keyId} OR (${keyId} = ${shortLivedKeys} AND k.kind IS DISTINCT FROM 'live'))
      AND (${model}::text IS NULL OR model_version = ${model})
    GROUP BY 1, 2 ORDER BY 1, 2`;
  return points.map((point) => ({
    at: point.at,
    model: point.model,
    requests: Number(point.requests),
    priceMicroUsd: Number(point.price_micro_usd),
  }));
}

async function readMoment(transaction: Transaction): Promise<Date> {
  const [row] = await transaction.$queryRaw<{ now: Date }[]>`SELECT now() AS now`;
  if (!row) throw new Error('No moment');
  return row.now;
}

function totalsOf(sums: SumsRow): UsageTotals {
  return {
    requests: Number(sums.requests),
    failed: Number(sums.failed),
    units: Number(sums.units),
    priceMicroUsd: Number(sums.price_micro_usd),
    p95Ms: sums.latency_counts ? latencyQuantileMs(sums.latency_counts.map(Number), 0.95) : null,
  };
}
