import type { AdmitRequest, Cost } from '#server/domain/usage/metering.ts';
import { plainArray } from './array-literal.ts';
import type { Learned } from './assumptions.ts';
import { callFunction, type MeteringCall, sqlFunction } from './call-function.ts';
import { sumUp } from './costs.ts';
import { type BucketColumns, toWindows } from './rate-windows.ts';

/** A request that was assumed, and what it cost. */
export interface AssumedCost {
  readonly request: AdmitRequest;
  readonly cost: Cost;
}

const statement = sqlFunction('admit_and_settle_of_key', [
  'text',
  'bytea',
  'text',
  'text',
  'text',
  'text',
  'text',
  'smallint',
  'text',
  'integer',
  'uuid',
  'uuid',
  'uuid[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'integer[]',
  'integer',
  'bigint',
  'bigint',
  'bigint',
  'bigint',
  'bigint[]',
]);

type AnswerRow = readonly [workspaceId: string | null, ...buckets: BucketColumns, places: number];

/** What the SQL function decides over together has the same. Its migration says what that is. */
export function kindOf({ request, cost }: AssumedCost): string {
  return [
    request.keyId,
    request.keyHash.toString('latin1'),
    request.scope,
    request.model,
    request.origin,
    cost.task,
    cost.modelVersion,
    cost.statusClass,
    cost.unit,
    cost.priceVersion,
  ].join(' ');
}

/** Of one kind. Null: there was more to decide, and nothing was done. Otherwise all are in the ledger. */
export async function callOfAssumed(
  call: MeteringCall,
  first: AssumedCost,
  costs: readonly Cost[],
): Promise<Learned | null> {
  const { request, cost } = first;
  const { inputs, outputs, microUsd, greatestUnits, latencyCounts, firstId, lastId } = sumUp(costs);
  const [row] = await callFunction<AnswerRow>(call, statement, [
    request.keyId,
    request.keyHash,
    request.scope,
    request.model,
    request.origin,
    cost.task,
    cost.modelVersion,
    cost.statusClass,
    cost.unit,
    cost.priceVersion,
    firstId,
    lastId,
    plainArray(costs.map((one) => one.requestId)),
    plainArray(costs.map((one) => one.inputUnits)),
    plainArray(costs.map((one) => one.outputUnits)),
    plainArray(costs.map((one) => one.priceMicroUsd)),
    plainArray(costs.map((one) => one.latencyMs)),
    costs.length,
    greatestUnits,
    inputs,
    outputs,
    microUsd,
    plainArray(latencyCounts),
  ]);
  if (!row) throw new Error('admit_and_settle_of_key gave no row.');
  const [workspaceId, ...left] = row;
  if (workspaceId === null) return null;
  const places = left[8];
  return { workspaceId, windows: toWindows(left.slice(0, 8) as unknown as BucketColumns), places };
}
