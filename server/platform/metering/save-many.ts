import { type Progress, type ProgressOutcome, progressOutcomes } from '#server/domain/usage/metering.ts';
import { plainArray } from './array-literal.ts';
import { callFunction, type MeteringCall, sqlFunction } from './call-function.ts';

const statement = sqlFunction('save_progress', [
  'uuid[]',
  'integer[]',
  'text[]',
  'text[]',
  'bigint[]',
  'bigint[]',
  'text[]',
  'bigint[]',
  'integer[]',
  'integer[]',
  'integer',
]);

type Row = readonly [outcome: string, heldUnits: number | string, heldMicroUsd: number | string];

/** Saves how far many streams have come, durable when this resolves. One outcome each, in order. */
export async function saveMany(
  { holdMs, ...call }: MeteringCall & { readonly holdMs: number },
  rows: readonly Progress[],
): Promise<readonly ProgressOutcome[]> {
  const so = rows.map((row) => row.soFar);
  const answers = await callFunction<Row>(call, statement, [
    plainArray(rows.map((row) => row.requestId)),
    plainArray(rows.map((row) => row.epoch)),
    nullableTexts(so.map((cost) => cost?.task ?? null)),
    nullableTexts(so.map((cost) => cost?.modelVersion ?? null)),
    plainArray(so.map((cost) => cost?.inputUnits ?? null)),
    plainArray(so.map((cost) => cost?.outputUnits ?? null)),
    nullableTexts(so.map((cost) => cost?.unit ?? null)),
    plainArray(so.map((cost) => cost?.priceMicroUsd ?? null)),
    plainArray(so.map((cost) => cost?.priceVersion ?? null)),
    plainArray(so.map((cost) => cost?.latencyMs ?? null)),
    holdMs,
  ]);
  return answers.map(([outcome, heldUnits, heldMicroUsd]) => ({
    outcome: toOutcome(outcome),
    heldUnits: Number(heldUnits),
    heldMicroUsd: Number(heldMicroUsd),
  }));
}

/** Quoted, so that no value can be read as NULL or as an array's own sign. */
function nullableTexts(values: readonly (string | null)[]): string {
  const quoted = values.map((value) => (value === null ? null : `"${value.replace(/["\\]/g, '\\$&')}"`));
  return plainArray(quoted);
}

const known: ReadonlySet<string> = new Set(progressOutcomes);
function toOutcome(outcome: string): ProgressOutcome['outcome'] {
  if (known.has(outcome)) return outcome as ProgressOutcome['outcome'];
  throw new Error(`save_progress gave an unknown outcome: ${outcome}`);
}
