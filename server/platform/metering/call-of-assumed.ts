import type { Assumed, Cost } from '#server/domain/usage/metering.ts';
import { hexArray, plainArray, textArray } from './array-literal.ts';
import type { Learned } from './assumptions.ts';
import { callFunction, type MeteringCall, sqlFunction } from './call-function.ts';
import { sumUp } from './costs.ts';
import { type BucketColumns, toWindows } from './rate-windows.ts';

/** A request that was assumed, and what it cost. */
export interface AssumedCost {
  readonly assumed: Assumed;
  readonly cost: Cost;
}

/** The call has left everything of it as it was. */
export const undecided = 'undecided';

/** Null: it was left as it was. */
type AnswerRow = readonly [workspaceId: string | null, ...buckets: BucketColumns, places: number];

interface Kind {
  readonly first: AssumedCost;
  readonly costs: Cost[];
  /** Where they stand among the rows. */
  readonly at: number[];
}

/** The types of a kind's parameters, then of its requests'. */
const ofKindTypes = [
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
] as const;
const ofRequestsTypes = ['uuid[]', 'bigint[]', 'bigint[]', 'bigint[]', 'integer[]'] as const;
const sumsTypes = ['integer', 'bigint', 'bigint', 'bigint', 'bigint'] as const;

const ofOneKind = sqlFunction('admit_and_settle_of_key', [
  ...ofKindTypes,
  ...ofRequestsTypes,
  ...sumsTypes,
  'bigint[]',
]);
const ofKinds = sqlFunction('admit_and_settle', [
  ...[...ofKindTypes, ...sumsTypes].map((type) => `${type}[]`),
  'bigint[]',
  ...ofRequestsTypes,
]);

/** What of them is let through is in the ledger when this resolves. One outcome each, in order. */
export async function callOfAssumed(
  call: MeteringCall,
  rows: readonly AssumedCost[],
): Promise<readonly (Learned | typeof undecided)[]> {
  const kinds = toKinds(rows);
  const [one] = kinds as [Kind];
  const answers =
    kinds.length === 1
      ? await callFunction<AnswerRow>(call, ofOneKind, valuesOfOne(one))
      : await callFunction<AnswerRow>(call, ofKinds, valuesOf(kinds));
  if (answers.length !== kinds.length)
    throw new Error('admit_and_settle did not answer all that it was asked.');
  const outcomes = new Array<Learned | typeof undecided>(rows.length);
  kinds.forEach(({ at }, i) => {
    const outcome = toOutcome(answers[i] as AnswerRow);
    for (const index of at) outcomes[index] = outcome;
  });
  return outcomes;
}

/** In the order in which every call locks workspaces. */
function toKinds(rows: readonly AssumedCost[]): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  rows.forEach((row, index) => {
    const name = kindOf(row);
    let kind = kinds.get(name);
    if (!kind) {
      kind = { first: row, costs: [], at: [] };
      kinds.set(name, kind);
    }
    kind.costs.push(row.cost);
    kind.at.push(index);
  });
  const workspaceOf = ({ first }: Kind) => first.assumed.workspaceId;
  return [...kinds.values()].sort((one, other) => compare(workspaceOf(one), workspaceOf(other)));
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** What the SQL function decides over together has the same. Its migration says what that is. */
export function kindOf({ assumed: { request }, cost }: AssumedCost): string {
  const hash = request.keyHash.toString('latin1');
  return `${request.keyId} ${hash} ${request.scope} ${request.model} ${request.origin} ${cost.task} ${cost.modelVersion} ${cost.statusClass} ${cost.unit} ${cost.priceVersion}`;
}

function valuesOfOne({ first, costs }: Kind): unknown[] {
  const { request } = first.assumed;
  const { firstId, lastId, latencyCounts, ...sums } = sumUp(costs);
  return [
    request.keyId,
    request.keyHash,
    request.scope,
    request.model,
    request.origin,
    first.cost.task,
    first.cost.modelVersion,
    first.cost.statusClass,
    first.cost.unit,
    first.cost.priceVersion,
    firstId,
    lastId,
    ...valuesOfRequests(costs),
    costs.length,
    sums.greatestUnits,
    sums.inputs,
    sums.outputs,
    sums.microUsd,
    plainArray(latencyCounts),
  ];
}

function valuesOf(kinds: readonly Kind[]): unknown[] {
  const requests = kinds.map(({ first }) => first.assumed.request);
  const costs = kinds.map(({ first }) => first.cost);
  const sums = kinds.map((kind) => sumUp(kind.costs));
  return [
    textArray(requests.map(({ keyId }) => keyId)),
    hexArray(requests.map(({ keyHash }) => keyHash)),
    textArray(requests.map(({ scope }) => scope)),
    textArray(requests.map(({ model }) => model)),
    textArray(requests.map(({ origin }) => origin)),
    textArray(costs.map(({ task }) => task)),
    textArray(costs.map(({ modelVersion }) => modelVersion)),
    plainArray(costs.map(({ statusClass }) => statusClass)),
    textArray(costs.map(({ unit }) => unit)),
    plainArray(costs.map(({ priceVersion }) => priceVersion)),
    plainArray(sums.map(({ firstId }) => firstId)),
    plainArray(sums.map(({ lastId }) => lastId)),
    plainArray(kinds.map((kind) => kind.costs.length)),
    plainArray(sums.map(({ greatestUnits }) => greatestUnits)),
    plainArray(sums.map(({ inputs }) => inputs)),
    plainArray(sums.map(({ outputs }) => outputs)),
    plainArray(sums.map(({ microUsd }) => microUsd)),
    plainArray(sums.flatMap(({ latencyCounts }) => latencyCounts)),
    ...valuesOfRequests(kinds.flatMap((kind) => kind.costs)),
  ];
}

function valuesOfRequests(costs: readonly Cost[]): unknown[] {
  return [
    plainArray(costs.map(({ requestId }) => requestId)),
    plainArray(costs.map(({ inputUnits }) => inputUnits)),
    plainArray(costs.map(({ outputUnits }) => outputUnits)),
    plainArray(costs.map(({ priceMicroUsd }) => priceMicroUsd)),
    plainArray(costs.map(({ latencyMs }) => latencyMs)),
  ];
}

function toOutcome([workspaceId, ...left]: AnswerRow): Learned | typeof undecided {
  if (workspaceId === null) return undecided;
  const [places] = left.slice(8) as [number];
  return { workspaceId, windows: toWindows(left.slice(0, 8) as unknown as BucketColumns), places };
}
