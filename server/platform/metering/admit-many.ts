import type { Admission, AdmitRequest } from '#server/domain/usage/metering.ts';
import { callFunction, type MeteringCall, sqlFunction } from './call-function.ts';
import { type AnswerRow, oneByOne, type Question, questionValues, toAnswers } from './questions.ts';

export const questionTypes = [
  'uuid[]',
  'integer[]',
  'text[]',
  'bytea[]',
  'text[]',
  'text[]',
  'text[]',
  'text[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'boolean[]',
  'integer',
] as const;
const statement = sqlFunction('admit', questionTypes);

/** Asks for many requests in one statement, for each by itself. One answer each, in order. */
export async function admitMany(
  { holdMs, ...call }: MeteringCall & { readonly holdMs: number },
  requests: readonly AdmitRequest[],
): Promise<readonly Admission[]> {
  const questions = requests.map((request): Question => [request]);
  const rows = await callFunction<AnswerRow>(call, statement, questionValues(questions, holdMs));
  return rows.flatMap((row, i) => toAnswers(questions[i] ?? never(), row)).map(toAdmission);
}

function toAdmission(answer: Admission | typeof oneByOne): Admission {
  if (answer === oneByOne) throw new Error('admit would not decide over a single request.');
  return answer;
}

function never(): never {
  throw new Error('admit answered more than it was asked.');
}
