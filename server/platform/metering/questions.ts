import {
  type Admission,
  type AdmitRequest,
  type RateWindows,
  type Refusal,
  refusals,
} from '#server/domain/usage/metering.ts';
import { hexArray, plainArray, textArray } from './array-literal.ts';

/** Requests that differ in nothing but cost and address: they get one verdict and share one hold. Never empty. */
export type Question = readonly [AdmitRequest, ...AdmitRequest[]];

/** A row of the SQL functions that admit. */
export type AnswerRow = readonly [
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

/** Not all of a question's requests may fit: nothing was counted or held, each has to be asked for by itself. */
export const oneByOne = 'one_by_one';
export type Answer = Admission | typeof oneByOne;

/** One that was counted already, or is not counted at all, that holds nothing, or that needs a hold of its own is asked for by itself. */
export function groupQuestions(requests: readonly AdmitRequest[]): readonly Question[] {
  const questions: [AdmitRequest, ...AdmitRequest[]][] = [];
  const openByKey = new Map<string, [AdmitRequest, ...AdmitRequest[]]>();
  for (const request of requests) {
    const open = mayShare(request) ? openByKey.get(request.keyId) : undefined;
    if (open && isAlike(open[0], request)) {
      open.push(request);
      continue;
    }
    const question: [AdmitRequest, ...AdmitRequest[]] = [request];
    questions.push(question);
    if (mayShare(request)) openByKey.set(request.keyId, question);
  }
  return questions;
}

/** The first fourteen parameters of the SQL functions. */
export function questionValues(questions: readonly Question[], holdMs: number): unknown[] {
  const sums = questions.map(addUp);
  return [
    plainArray(questions.map(([first]) => first.requestId)),
    plainArray(questions.map((question) => question.length)),
    textArray(questions.map(([first]) => first.keyId)),
    hexArray(questions.map(([first]) => first.keyHash)),
    textArray(questions.map(([first]) => first.scope)),
    textArray(questions.map(([first]) => first.model)),
    textArray(questions.map(addressesOf)),
    textArray(questions.map(([first]) => first.origin)),
    plainArray(sums.map((sum) => sum.greatestUnits)),
    plainArray(sums.map((sum) => sum.unitsMin)),
    plainArray(sums.map((sum) => sum.unitsMax)),
    plainArray(sums.map((sum) => sum.microUsdMax)),
    plainArray(questions.map(([first]) => first.counted)),
    holdMs,
  ];
}

/** An answer for each of the question's requests, in order. */
export function toAnswers(question: Question, row: AnswerRow): readonly Answer[] {
  const [verdict, workspaceId, epoch, , , , , , , retryAfterMs] = row;
  const windows = toWindows(row);
  if (verdict === oneByOne) return question.map(() => oneByOne);
  if (verdict !== 'valid' || !workspaceId || !windows) {
    if (!isRefusal(verdict)) throw new Error(`admit gave an unknown verdict: ${verdict}`);
    return question.map(() => ({ verdict, workspaceId, windows, retryAfterMs }));
  }
  if (question.length === 1) return [{ verdict, workspaceId, epoch, windows }];
  const holdId = question[0].requestId;
  return question.map(({ unitsMax: units, microUsdMax: microUsd }) => {
    return { verdict, workspaceId, epoch, windows, share: { holdId, units, microUsd } };
  });
}

function mayShare({ counted, unitsMax, ownHold = false }: AdmitRequest): boolean {
  return counted === false && unitsMax > 0 && !ownHold;
}

function isAlike(one: AdmitRequest, other: AdmitRequest): boolean {
  return (
    one.scope === other.scope &&
    one.model === other.model &&
    one.origin === other.origin &&
    one.keyHash.equals(other.keyHash)
  );
}

function addressesOf(question: Question): string {
  if (question.length === 1) return question[0].address;
  return [...new Set(question.map(({ address }) => address))].join(',');
}

export function addUp(question: Question) {
  const sum = { unitsMin: 0, unitsMax: 0, microUsdMax: 0, greatestUnits: 0 };
  for (const request of question) {
    sum.unitsMin += request.unitsMin;
    sum.unitsMax += request.unitsMax;
    sum.microUsdMax += request.microUsdMax;
    sum.greatestUnits = Math.max(sum.greatestUnits, request.unitsMax);
  }
  return sum;
}

function toWindows(row: AnswerRow): RateWindows | null {
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
