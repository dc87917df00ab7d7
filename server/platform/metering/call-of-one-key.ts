import type { Admission, AdmitRequest, Settlement, SettleOutcome } from '#server/domain/usage/metering.ts';
import { plainArray } from './array-literal.ts';
import { callFunction, type MeteringCall, sqlFunction } from './call-function.ts';
import { isOfOneKind, sumUp } from './costs.ts';
import { addUp, groupQuestions, type Question } from './questions.ts';
import { type BucketColumns, toWindows } from './rate-windows.ts';
import type { Waiting } from './settle-and-admit.ts';

/** What the SQL function `settle_and_admit_of_key` can decide over: its migration says what that is. */
export interface CallOfOneKey {
  readonly keyId: string;
  readonly question: Question | null;
  readonly settlements: readonly Settlement[];
}

const statement = sqlFunction('settle_and_admit_of_key', [
  'text',
  'uuid[]',
  'integer[]',
  'integer[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'uuid[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'integer[]',
  'text',
  'text',
  'smallint',
  'text',
  'integer',
  'uuid',
  'uuid',
  'bigint',
  'bigint',
  'bigint',
  'bigint[]',
  'integer',
  'uuid',
  'bytea',
  'text',
  'text',
  'text',
  'bigint',
  'bigint',
  'bigint',
  'integer',
]);

type AnswerRow = readonly [workspaceId: string, ...buckets: BucketColumns];

/** Null: it is of several keys or of several kinds, or asks for what only the other function decides. */
export function asCallOfOneKey(waiting: readonly Waiting[]): CallOfOneKey | null {
  const settlements: Settlement[] = [];
  const requests: AdmitRequest[] = [];
  for (const { request, settlement } of waiting) {
    if (settlement) settlements.push(settlement);
    else if (request) requests.push(request);
  }
  const questions = groupQuestions(requests);
  const [question = null] = questions;
  const [first] = settlements;
  const keyId = question?.[0].keyId ?? first?.keyId;
  if (keyId === undefined || questions.length > 1) return null;
  if (question && !holdsAsOthersDo(question[0])) return null;
  if (
    first &&
    !settlements.every((one) => one.keyId === keyId && isOfOneKind(first, one) && !exceedsShare(one))
  )
    return null;
  return { keyId, question, settlements };
}

/** Its answers, in the order of the waiting; null where there was more to decide, and nothing was done. */
export async function callOfOneKey(
  { holdMs, ...call }: MeteringCall & { readonly holdMs: number },
  { keyId, question, settlements }: CallOfOneKey,
  waiting: readonly Waiting[],
): Promise<readonly (Admission | SettleOutcome)[] | null> {
  const [row] = await callFunction<AnswerRow>(call, statement, [
    keyId,
    ...settledValues(settlements),
    ...askedValues(question),
    holdMs,
  ]);
  if (!row) return null;
  const admit = toAdmission(question, row);
  return waiting.map(({ request }) => (request ? admit(request) : 'settled'));
}

/** One that holds nothing, or is not counted as others are, is decided over by the other function. */
function holdsAsOthersDo({ counted, unitsMax }: AdmitRequest): boolean {
  return counted === false && unitsMax > 0;
}

function exceedsShare({ share, inputUnits, outputUnits, priceMicroUsd }: Settlement): boolean {
  return share !== undefined && (inputUnits + outputUnits > share.units || priceMicroUsd > share.microUsd);
}

/** What is taken out of a hold: its own request's whole, or the shares of some. */
interface Taken {
  readonly id: string;
  readonly epoch: number;
  readonly isOwn: boolean;
  requests: number;
  units: number;
  microUsd: number;
  usedUnits: number;
  usedMicroUsd: number;
}

function settledValues(settlements: readonly Settlement[]): unknown[] {
  const holds = [...takenByHold(settlements).values()];
  const [first] = settlements;
  const { inputs, outputs, microUsd, latencyCounts, firstId, lastId } = sumUp(settlements);
  return [
    plainArray(holds.map((hold) => hold.id)),
    plainArray(holds.map((hold) => hold.epoch)),
    plainArray(holds.map((hold) => hold.requests)),
    plainArray(holds.map((hold) => (hold.isOwn ? null : hold.units))),
    plainArray(holds.map((hold) => (hold.isOwn ? null : hold.microUsd))),
    plainArray(holds.map((hold) => hold.usedUnits)),
    plainArray(holds.map((hold) => hold.usedMicroUsd)),
    plainArray(settlements.map((row) => row.requestId)),
    plainArray(settlements.map((row) => row.inputUnits)),
    plainArray(settlements.map((row) => row.outputUnits)),
    plainArray(settlements.map((row) => row.priceMicroUsd)),
    plainArray(settlements.map((row) => row.latencyMs)),
    first?.task ?? null,
    first?.modelVersion ?? null,
    first?.statusClass ?? null,
    first?.unit ?? null,
    first?.priceVersion ?? null,
    firstId,
    lastId,
    inputs,
    outputs,
    microUsd,
    plainArray(latencyCounts),
  ];
}

function takenByHold(settlements: readonly Settlement[]): Map<string, Taken> {
  const holds = new Map<string, Taken>();
  for (const { requestId, epoch, share, inputUnits, outputUnits, priceMicroUsd } of settlements) {
    const id = share?.holdId ?? requestId;
    let taken = holds.get(id);
    if (!taken) {
      const nothing = { requests: 0, units: 0, microUsd: 0, usedUnits: 0, usedMicroUsd: 0 };
      taken = { id, epoch, isOwn: share === undefined, ...nothing };
      holds.set(id, taken);
    }
    taken.requests++;
    taken.units += share?.units ?? 0;
    taken.microUsd += share?.microUsd ?? 0;
    taken.usedUnits += inputUnits + outputUnits;
    taken.usedMicroUsd += priceMicroUsd;
  }
  return holds;
}

function askedValues(question: Question | null): unknown[] {
  if (!question) return [0, null, null, null, null, null, 0, 0, 0];
  const [{ requestId, keyHash, scope, model, origin }] = question;
  const { greatestUnits, unitsMax, microUsdMax } = addUp(question);
  return [question.length, requestId, keyHash, scope, model, origin, greatestUnits, unitsMax, microUsdMax];
}

function toAdmission(question: Question | null, row: AnswerRow): (request: AdmitRequest) => Admission {
  const [workspaceId, ...buckets] = row;
  const windows = toWindows(buckets);
  const valid = { verdict: 'valid', workspaceId, epoch: 0, windows } as const;
  if (!question || question.length === 1) return () => valid;
  const holdId = question[0].requestId;
  return ({ unitsMax: units, microUsdMax: microUsd }) => {
    // Written out: spreading costs more than all else that is done here for a request.
    return { verdict: 'valid', workspaceId, epoch: 0, windows, share: { holdId, units, microUsd } };
  };
}
