import type { DomainError } from '#server/domain/errors.ts';
import { publicRequestId } from '#server/domain/usage/request-id.ts';
import { errorToResponse } from '../errors/error-to-response.ts';
import type { ParsedLine } from './parse-line.ts';
import type { LineAnswer } from './run-line.ts';

/** A row of the output or the error file, as it stands in a piece of the answers. */
export interface PartRow {
  readonly line: number;
  readonly requestId: string;
  readonly isFailed: boolean;
  readonly row: object;
}

export interface BegunLine extends ParsedLine {
  readonly line: number;
  readonly requestId: string;
  /** How often it has failed on our side before. */
  readonly tries: number;
}

export interface AnsweredLine extends PartRow {
  readonly settle: LineAnswer['settle'];
  readonly begun: BegunLine;
}

export function answeredLine(begun: BegunLine, { status, body, settle }: LineAnswer): AnsweredLine {
  const { line, requestId, customId } = begun;
  const id = publicRequestId(requestId);
  const response = { status_code: status, request_id: id, body: JSON.parse(body) as unknown };
  const row = { id: `batch_${id}`, custom_id: customId, response, error: null };
  return { line, requestId, isFailed: status !== 200, row, settle, begun };
}

/** As a call is told that it is refused. */
export async function refusedLine(begun: BegunLine, error: DomainError): Promise<AnsweredLine> {
  const scope = { windows: null, workspaceId: null };
  const response = errorToResponse(error, { requestId: begun.requestId, scope, family: 'own' });
  return answeredLine(begun, { status: response.status, body: await response.text(), settle: null });
}
