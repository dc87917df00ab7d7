import { type Settlement, type SettleOutcome, settleOutcomes } from '#server/domain/usage/metering.ts';
import { plainArray, textArray } from './array-literal.ts';
import { callFunction, type MeteringCall, sqlFunction } from './call-function.ts';

export const settlementTypes = [
  'uuid[]',
  'bigint[]',
  'bigint[]',
  'uuid[]',
  'integer[]',
  'text[]',
  'text[]',
  'smallint[]',
  'bigint[]',
  'bigint[]',
  'text[]',
  'bigint[]',
  'integer[]',
  'integer[]',
] as const;
const statement = sqlFunction('settle', settlementTypes);

/** Writes many answers' costs in one transaction, durable when this resolves. One outcome each, in order. */
export async function settleMany(
  call: MeteringCall,
  settlements: readonly Settlement[],
): Promise<readonly SettleOutcome[]> {
  const rows = await callFunction<[outcome: string]>(call, statement, settlementValues(settlements));
  return rows.map(([outcome]) => toOutcome(outcome));
}

/** The parameters of the SQL functions that settle. */
export function settlementValues(rows: readonly Settlement[]): unknown[] {
  return [
    plainArray(rows.map((row) => row.share?.holdId ?? row.requestId)),
    plainArray(rows.map((row) => row.share?.units ?? null)),
    plainArray(rows.map((row) => row.share?.microUsd ?? null)),
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
  ];
}

const known: ReadonlySet<string> = new Set(settleOutcomes);
function toOutcome(outcome: string): SettleOutcome {
  if (known.has(outcome)) return outcome as SettleOutcome;
  throw new Error(`settle gave an unknown outcome: ${outcome}`);
}
