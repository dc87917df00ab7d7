import type { Pool, PoolClient, QueryArrayConfig, QueryConfig } from 'pg';
import { type Settlement, type SettleOutcome, settleOutcomes } from '#server/domain/usage/metering.ts';
import { plainArray, textArray } from './array-literal.ts';

const statement = {
  name: 'settle',
  text: `SELECT * FROM settle($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::smallint[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[], $10::integer[], $11::integer[])`,
} as const;

type Row = readonly [outcome: string];

/** A transaction that only commits: with it everything before it is on the disk, and on synchronous standbys. */
const flushStatement = {
  name: 'flush',
  text: `SELECT pg_logical_emit_message(true, 'settled', '')`,
} as const;

/**
 * Writes many answers' costs in one transaction, then waits until they are durable. One outcome each, in order.
 * In two steps, because the first holds the workspaces' locks: while the disk is waited for, others can pass.
 * Both on one connection: had the server crashed between the steps, the connection would be gone too.
 */
export async function settleMany(
  { pool, timeoutMs }: { pool: Pool; timeoutMs: number },
  rows: readonly Settlement[],
): Promise<readonly SettleOutcome[]> {
  const client = await pool.connect();
  try {
    // One connection runs them one after the other.
    const [outcomes] = await Promise.all([write(client, rows, timeoutMs), flush(client, timeoutMs)]);
    client.release();
    return outcomes;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function write(
  client: PoolClient,
  rows: readonly Settlement[],
  timeoutMs: number,
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
  const { rows: outcomes } = await client.query<Row[number][]>(query);
  return (outcomes as unknown as readonly Row[]).map(([outcome]) => toOutcome(outcome));
}

async function flush(client: PoolClient, timeoutMs: number): Promise<void> {
  const query: QueryConfig & { readonly query_timeout: number } = {
    ...flushStatement,
    query_timeout: timeoutMs,
  };
  await client.query(query);
}

const known: ReadonlySet<string> = new Set(settleOutcomes);
function toOutcome(outcome: string): SettleOutcome {
  if (known.has(outcome)) return outcome as SettleOutcome;
  throw new Error(`settle gave an unknown outcome: ${outcome}`);
}
