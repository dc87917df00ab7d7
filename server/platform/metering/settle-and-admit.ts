import type { AdmitRequest, Settlement, SettleOutcome } from '#server/domain/usage/metering.ts';
import { questionTypes } from './admit-many.ts';
import { callFunction, type MeteringCall, sqlFunction } from './call-function.ts';
import { asCallOfOneKey, callOfOneKey } from './call-of-one-key.ts';
import { type Answer, type AnswerRow, groupQuestions, questionValues, toAnswers } from './questions.ts';
import { settlementTypes, settlementValues } from './settle-many.ts';

/** What waits for the call: one of the two. */
export interface Waiting {
  readonly request?: AdmitRequest;
  readonly settlement?: Settlement;
}
export type Outcome = Answer | SettleOutcome;

const statement = sqlFunction('settle_and_admit', [...questionTypes, ...settlementTypes]);
const outcomes: Readonly<Record<string, SettleOutcome>> = { s: 'settled', n: 'no_hold', o: 'over_hold' };

/** Keys of which the other function has lately had to decide: they are not asked for the short way first. */
export interface LongWay {
  has(keyId: string): boolean;
  note(keyId: string): void;
}

/** Of so many keys at the most, for so long. */
const longWayKeysMax = 10_000;
const longWayMs = 1_000;

export function createLongWay(): LongWay {
  let untilMs = new Map<string, number>();
  return {
    has: (keyId) => performance.now() < (untilMs.get(keyId) ?? 0),
    note(keyId) {
      if (untilMs.size >= longWayKeysMax) untilMs = new Map();
      untilMs.set(keyId, performance.now() + longWayMs);
    },
  };
}

/** The short way where all is of one key and nothing is near a limit, else the one that decides over everything. */
export async function settleAndAdmit(
  call: MeteringCall & { readonly holdMs: number },
  waiting: readonly Waiting[],
  longWay: LongWay,
): Promise<readonly Outcome[]> {
  const ofOneKey = asCallOfOneKey(waiting);
  if (!ofOneKey || longWay.has(ofOneKey.keyId)) return settleAndAdmitAll(call, waiting);
  const outcomes = await callOfOneKey(call, ofOneKey, waiting);
  if (outcomes) return outcomes;
  longWay.note(ofOneKey.keyId);
  return settleAndAdmitAll(call, waiting);
}

/**
 * Writes what was answered, then admits what waits, in one transaction: durable when this resolves, if anything was
 * written. One outcome each, in order.
 */
export async function settleAndAdmitAll(
  { holdMs, ...call }: MeteringCall & { readonly holdMs: number },
  waiting: readonly Waiting[],
): Promise<readonly Outcome[]> {
  const settlements = waiting.flatMap(({ settlement }) => settlement ?? []);
  const questions = groupQuestions(waiting.flatMap(({ request }) => request ?? []));
  const rows = await callFunction<AnswerRow>(call, statement, [
    ...questionValues(questions, holdMs),
    ...settlementValues(settlements),
  ]);
  const letters = settlements.length > 0 ? (rows[0]?.[0] ?? '') : '';
  const answered = settlements.length > 0 ? rows.slice(1) : rows;
  if (letters.length !== settlements.length || answered.length !== questions.length) {
    throw new Error('settle_and_admit did not answer everything that it was asked.');
  }
  const found = new Map<AdmitRequest, Answer>();
  questions.forEach((question, i) => {
    const answers = toAnswers(question, answered[i] as AnswerRow);
    question.forEach((request, j) => found.set(request, answers[j] as Answer));
  });
  let settled = 0;
  return waiting.map(({ request }) => {
    const outcome = request ? found.get(request) : outcomes[letters[settled++] ?? ''];
    if (!outcome) throw new Error('settle_and_admit gave an unknown outcome.');
    return outcome;
  });
}
