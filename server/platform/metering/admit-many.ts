import type { Pool, QueryArrayConfig } from 'pg';
import { type Admission, type AdmitRequest, type Refusal, refusals } from '#server/domain/usage/metering.ts';
import { hexArray, plainArray, textArray } from './array-literal.ts';

const statement = {
  name: 'admit',
  text: `SELECT * FROM admit($1::uuid[], $2::text[], $3::bytea[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::boolean[], $9)`,
} as const;

type Row = readonly [
  verdict: string,
  workspaceId: string | null,
  epoch: number,
  requestsLimit: number | null,
  requestsRemaining: number,
  requestsResetMs: number,
  unitsLimit: number | null,
  unitsRemaining: number,
  unitsResetMs: number,
  retryAfterMs: number,
];

/** Asks once for many requests, in one statement. One answer each, in order. */
export async function admitMany(
  { pool, holdMs, timeoutMs }: { pool: Pool; holdMs: number; timeoutMs: number },
  requests: readonly AdmitRequest[],
): Promise<readonly Admission[]> {
  const query: QueryArrayConfig & { readonly query_timeout: number } = {
    ...statement,
    rowMode: 'array',
    query_timeout: timeoutMs,
    values: [
      plainArray(requests.map((request) => request.requestId)),
      textArray(requests.map((request) => request.keyId)),
      hexArray(requests.map((request) => request.keyHash)),
      textArray(requests.map((request) => request.scope)),
      plainArray(requests.map((request) => request.unitsMin)),
      plainArray(requests.map((request) => request.unitsMax)),
      plainArray(requests.map((request) => request.microUsdMax)),
      plainArray(requests.map((request) => request.counted)),
      holdMs,
    ],
  };
  const { rows: answers } = await pool.query<Row[number][]>(query);
  return (answers as unknown as readonly Row[]).map(toAdmission);
}

function toAdmission(row: Row): Admission {
  const [verdict, workspaceId, epoch, , , , , , , retryAfterMs] = row;
  const windows = toWindows(row);
  if (verdict === 'valid' && workspaceId && windows) return { verdict, workspaceId, epoch, windows };
  if (!isRefusal(verdict)) throw new Error(`admit gave an unknown verdict: ${verdict}`);
  return { verdict, windows, retryAfterMs };
}

function toWindows(row: Row) {
  const [, , , requestsLimit, requestsRemaining, requestsResetMs, unitsLimit, unitsRemaining, unitsResetMs] =
    row;
  if (requestsLimit === null || unitsLimit === null) return null;
  return {
    requests: { limit: requestsLimit, remaining: requestsRemaining, resetMs: requestsResetMs },
    units: { limit: unitsLimit, remaining: unitsRemaining, resetMs: unitsResetMs },
  };
}

const known: ReadonlySet<string> = new Set(refusals);
function isRefusal(verdict: string): verdict is Refusal {
  return known.has(verdict);
}
