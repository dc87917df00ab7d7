import type { Pool, QueryArrayConfig } from 'pg';
import { type Settlement, type SettleOutcome, settleOutcomes } from '#server/domain/usage/metering.ts';
import { plainArray, textArray } from './array-literal.ts';

const statement = {
  name: 'settle',
  text: `SELECT * FROM settle($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::smallint[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[], $10::integer[], $11::integer[])`,
} as const;

type Row = readonly [outcome: string];

/** Writes many answers' costs in one transaction, durable when this resolves. One outcome each, in order. */
export async function settleMany(
  { pool, timeoutMs }: { pool: Pool; timeoutMs: number },
  rows: readonly Settlement[],
): Promise<readonly SettleOutcome[]> {
  const query: QueryArrayConfig & { readonly query_timeout: number } = {
    ...statement,
    rowMode: 'array',
    query_timeout: timeoutMs,
    values: [
      plainArray(rows.map((row) => row.requestId)),
      plainArray(rows.map((row) => row.epoch)),
      textArray(rows.map((row) => row.task)),
      textArray(rows.map((row) => row.modelVersion)),
      plainArray(rows.map((row) => row.statusClass)),
      plainArray(rows.map((row) => row.inputUnits)),
      plainArray(rows.map((row) => row.outputUnits)),
      textArray(rows.map((row) => row.unit)),
      plainArray(rows.map((row) => row.priceMicroUsd)),
      plainArray(rows.map((row) => row.priceVersion)),
      plainArray(rows.map((row) => row.latencyMs)),
    ],
  };
  const { rows: outcomes } = await pool.query<Row[number][]>(query);
  return (outcomes as unknown as readonly Row[]).map(([outcome]) => toOutcome(outcome));
}

const known: ReadonlySet<string> = new Set(settleOutcomes);
function toOutcome(outcome: string): SettleOutcome {
  if (known.has(outcome)) return outcome as SettleOutcome;
  throw new Error(`settle gave an unknown outcome: ${outcome}`);
}
