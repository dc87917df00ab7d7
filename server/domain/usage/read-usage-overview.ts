import type { Database, Transaction } from '../database.ts';
import { type ApiKeyKind, displayPrefix } from '../api-keys/key-format.ts';
import type { Clock } from '../clock.ts';
import { latencyQuantileMs } from './latency-histogram.ts';
import type { UsageBucket, UsageOverview, UsagePoint, UsageRange, UsageRow, UsageTotals } from './schema.ts';
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
      totals: await readTotals(transaction, selection),
      series: await readSeries(transaction, selection),
      rows: await readRows(transaction, selection),
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

async function readTotals(transaction: Transaction, selection: Selection): Promise<UsageTotals> {
  const { workspaceId, from, to, keyId, model } = selection;
  const [sums] = await transaction.$queryRaw<SumsRow[]>`
    WITH chosen AS (
      SELECT * FROM usage_hours
      WHERE workspace_id = ${workspaceId}::uuid AND hour >= ${from} AND hour < ${to}
        AND (${keyId}::text IS NULL OR key_id = ${keyId}) AND (${model}::text IS NULL OR model_version = ${model})
    )
    SELECT coalesce(sum(requests), 0)::bigint AS requests,
      coalesce(sum(requests) FILTER (WHERE status_class <> 2), 0)::bigint AS failed,
      coalesce(sum(input_units + output_units), 0)::bigint AS units,
      coalesce(sum(price_micro_usd), 0)::bigint AS price_micro_usd,
      (SELECT array_agg(class.requests ORDER BY class.i) FROM (
        SELECT c.i, sum(c.n)::bigint AS requests
        FROM chosen, unnest(latency_counts) WITH ORDINALITY AS c (n, i) WHERE status_class = 2 GROUP BY c.i
      ) class) AS latency_counts
    FROM chosen`;
  if (!sums) throw new Error('An aggregate without a row');
  return totalsOf(sums);
}

async function readSeries(transaction: Transaction, selection: Selection): Promise<UsagePoint[]> {
  const { workspaceId, from, to, keyId, model, bucket } = selection;
  const points = await transaction.$queryRaw<
    { at: Date; model: string; requests: bigint; price_micro_usd: bigint }[]
  >`
    SELECT date_trunc(${bucket}, hour, 'UTC') AS at, model_version AS model,
      sum(requests)::bigint AS requests, sum(price_micro_usd)::bigint AS price_micro_usd
    FROM usage_hours
    WHERE workspace_id = ${workspaceId}::uuid AND hour >= ${from} AND hour < ${to}
      AND (${keyId}::text IS NULL OR key_id = ${keyId}) AND (${model}::text IS NULL OR model_version = ${model})
    GROUP BY 1, 2 ORDER BY 1, 2`;
  return points.map((point) => ({
    at: point.at,
    model: point.model,
    requests: Number(point.requests),
    priceMicroUsd: Number(point.price_micro_usd),
  }));
}

async function readRows(transaction: Transaction, selection: Selection): Promise<UsageRow[]> {
  const { workspaceId, from, to, keyId, model } = selection;
  const rows = await transaction.$queryRaw<
    (SumsRow & {
      key_id: string;
      key_name: string | null;
      key_kind: ApiKeyKind | null;
      model: string;
      task: string;
      last_used_at: Date;
    })[]
  >`
    WITH chosen AS (
      SELECT * FROM usage_hours
      WHERE workspace_id = ${workspaceId}::uuid AND hour >= ${from} AND hour < ${to}
        AND (${keyId}::text IS NULL OR key_id = ${keyId}) AND (${model}::text IS NULL OR model_version = ${model})
    ), sums AS (
      SELECT key_id, model_version AS model, task,
        sum(requests)::bigint AS requests,
        coalesce(sum(requests) FILTER (WHERE status_class <> 2), 0)::bigint AS failed,
        sum(input_units + output_units)::bigint AS units,
        sum(price_micro_usd)::bigint AS price_micro_usd,
        max(last_used_at) AS last_used_at
      FROM chosen GROUP BY 1, 2, 3
      ORDER BY price_micro_usd DESC, requests DESC LIMIT ${rowsMax}
    ), latencies AS (
      SELECT key_id, model, task, array_agg(requests ORDER BY i) AS latency_counts
      FROM (
        SELECT key_id, model_version AS model, task, c.i, sum(c.n)::bigint AS requests
        FROM chosen, unnest(latency_counts) WITH ORDINALITY AS c (n, i) WHERE status_class = 2 GROUP BY 1, 2, 3, 4
      ) class GROUP BY 1, 2, 3
    )
    SELECT s.*, l.latency_counts, k.name AS key_name, k.kind AS key_kind
    FROM sums s
    LEFT JOIN latencies l USING (key_id, model, task)
    LEFT JOIN api_keys k ON k.id = s.key_id
    ORDER BY s.price_micro_usd DESC, s.requests DESC, s.key_id, s.model`;
  return rows.map((row) => ({
    keyId: row.key_id,
    // Short-lived keys are deleted a day after they expire; what they spent stays.
    keyName: row.key_name ?? 'Deleted key',
    keyPrefix: displayPrefix(row.key_kind ?? 'short_lived', row.key_id),
    model: row.model,
    task: row.task,
    lastUsedAt: row.last_used_at,
    ...totalsOf(row),
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
