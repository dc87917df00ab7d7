import { type ApiKeyKind, displayPrefix } from '../api-keys/key-format.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { latencyQuantileMs } from './latency-histogram.ts';
import type { UsageBucket } from './schema.ts';
import { readUsageCursor, type UsageCursor, writeUsageCursor } from './usage-cursor.ts';
import { type UsageWindow, usageWindow } from './usage-window.ts';

export const usageDimensions = ['hour', 'day', 'model', 'key', 'status'] as const;
export type UsageDimension = (typeof usageDimensions)[number];

export interface UsageListQuestion {
  readonly workspaceId: string;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** In the order of `usageDimensions`, without repetition, hour and day not together. Empty: all in one row. */
  readonly groupBy: readonly UsageDimension[];
  /** The id of the last row of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What the rows are not grouped by is null. */
export interface UsageGroup {
  /** For the page after it. */
  readonly id: string;
  /** First moment of the hour or day, UTC. */
  readonly start: Date | null;
  readonly modelVersion: string | null;
  readonly keyId: string | null;
  readonly keyPrefix: string | null;
  readonly statusClass: number | null;
  readonly requests: number;
  readonly inputUnits: number;
  readonly outputUnits: number;
  readonly priceMicroUsd: number;
  /** Over the answers that succeeded; null where there were none. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
}

export interface UsagePage extends UsageWindow {
  readonly rows: readonly UsageGroup[];
  readonly hasMore: boolean;
}

/** A page of the hourly roll-ups, summed up by what was asked for, in the order of time, model, key and status. */
export async function listUsage(
  { db, clock }: { db: Database; clock: Clock },
  question: UsageListQuestion,
): Promise<UsagePage> {
  const { groupBy, after, limit } = question;
  const bucket = bucketOf(groupBy);
  const window = usageWindow({ ...question, isHourly: bucket === 'hour' }, clock.now());
  const cursor = after === undefined ? null : readUsageCursor(groupBy.join(), after);
  const rows = await readGroups(db, { ...question, ...window, bucket, cursor });
  return {
    ...window,
    rows: rows.slice(0, limit).map((row) => groupOf(row, groupBy)),
    hasMore: rows.length > limit,
  };
}

interface GroupRow {
  readonly at: Date;
  readonly model: string;
  readonly key_id: string;
  readonly status: number;
  readonly key_kind: ApiKeyKind | null;
  readonly requests: bigint;
  readonly input_units: bigint;
  readonly output_units: bigint;
  readonly price_micro_usd: bigint;
  readonly has_answers: boolean;
  /** As many as `latencyBuckets`; nulls where nothing was answered. */
  readonly latency_counts: readonly (bigint | null)[];
}

interface Selection extends UsageListQuestion, UsageWindow {
  readonly from: Date;
  readonly to: Date;
  readonly bucket: UsageBucket | null;
  readonly cursor: UsageCursor | null;
}

/** One more than the limit, where there are. What is not grouped by is the same in every row. */
function readGroups(db: Database, selection: Selection): Promise<GroupRow[]> {
  const { workspaceId, from, to, bucket, groupBy, cursor, limit } = selection;
  const by = (dimension: UsageDimension) => groupBy.includes(dimension);
  // Hours before the cursor's are on earlier pages.
  const since = bucket && cursor && cursor.at > from ? cursor.at : from;
  const last = cursor ?? { at: null, model: null, keyId: null, statusClass: null };
  // Where the rows have no time of their own they have that of this page's period, which moves on by itself.
  const lastAt = bucket === null ? from : last.at;
  return db.$queryRaw<GroupRow[]>`
    WITH chosen AS (
      SELECT
        CASE WHEN ${bucket}::text IS NULL THEN ${from}::timestamptz ELSE date_trunc(${bucket}::text, hour, 'UTC') END AS at,
        CASE WHEN ${by('model')}::boolean THEN model_version ELSE '' END AS model,
        CASE WHEN ${by('key')}::boolean THEN key_id ELSE '' END AS key_id,
        CASE WHEN ${by('status')}::boolean THEN status_class ELSE 0 END AS status,
        status_class, requests, input_units, output_units, price_micro_usd, latency_counts
      FROM usage_hours
      WHERE workspace_id = ${workspaceId}::uuid AND hour >= ${since}::timestamptz AND hour < ${to}::timestamptz
    ), page AS (
      -- The buckets one by one: taking the arrays apart and joining them again takes ten times as long over a year.
      SELECT at, model, key_id, status, sum(requests)::bigint AS requests, sum(input_units)::bigint AS input_units,
        sum(output_units)::bigint AS output_units, sum(price_micro_usd)::bigint AS price_micro_usd,
        bool_or(status_class = 2) AS has_answers,
        ARRAY[
          sum(latency_counts[1]) FILTER (WHERE status_class = 2), sum(latency_counts[2]) FILTER (WHERE status_class = 2),
          sum(latency_counts[3]) FILTER (WHERE status_class = 2), sum(latency_counts[4]) FILTER (WHERE status_class = 2),
          sum(latency_counts[5]) FILTER (WHERE status_class = 2), sum(latency_counts[6]) FILTER (WHERE status_class = 2),
          sum(latency_counts[7]) FILTER (WHERE status_class = 2), sum(latency_counts[8]) FILTER (WHERE status_class = 2),
          sum(latency_counts[9]) FILTER (WHERE status_class = 2), sum(latency_counts[10]) FILTER (WHERE status_class = 2),
          sum(latency_counts[11]) FILTER (WHERE status_class = 2), sum(latency_counts[12]) FILTER (WHERE status_class = 2),
          sum(latency_counts[13]) FILTER (WHERE status_class = 2)
        ]::bigint[] AS latency_counts
      FROM chosen
      WHERE ${cursor === null}::boolean OR (at, model, key_id, status) >
        (${lastAt}::timestamptz, ${last.model}::text, ${last.keyId}::text, ${last.statusClass}::int)
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT ${limit + 1}::int
    )
    SELECT page.*, k.kind AS key_kind
    FROM page LEFT JOIN api_keys k ON k.id = page.key_id
    ORDER BY 1, 2, 3, 4`;
}

function bucketOf(groupBy: readonly UsageDimension[]): UsageBucket | null {
  if (groupBy.includes('hour')) return 'hour';
  return groupBy.includes('day') ? 'day' : null;
}

function groupOf(row: GroupRow, groupBy: readonly UsageDimension[]): UsageGroup {
  const { at, model, key_id: keyId, status: statusClass } = row;
  const only = <Value>(dimension: UsageDimension, value: Value) =>
    groupBy.includes(dimension) ? value : null;
  return {
    id: writeUsageCursor(groupBy.join(), { at, model, keyId, statusClass }),
    start: bucketOf(groupBy) === null ? null : at,
    modelVersion: only('model', model),
    keyId: only('key', keyId),
    // Short-lived keys are deleted a day after they expire; what they spent stays.
    keyPrefix: only('key', displayPrefix(row.key_kind ?? 'short_lived', keyId)),
    statusClass: only('status', statusClass),
    requests: Number(row.requests),
    inputUnits: Number(row.input_units),
    outputUnits: Number(row.output_units),
    priceMicroUsd: Number(row.price_micro_usd),
    latencyMs: latencyOf(row),
  };
}

function latencyOf({ has_answers: hasAnswers, latency_counts: given }: GroupRow): UsageGroup['latencyMs'] {
  if (!hasAnswers) return null;
  const counts = given.map(Number);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => latencyQuantileMs(counts, q));
  return p50 == null || p95 == null || p99 == null ? null : { p50, p95, p99 };
}
