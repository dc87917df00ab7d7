import { batchLineSchema, lineSentences } from '#server/domain/batches/batch-line.ts';
import { DomainError } from '#server/domain/errors.ts';
import { parseAs, parseJson } from '../wire/json-body.ts';

export interface ParsedLine {
  readonly customId: string;
  /** JSON. */
  readonly body: string;
}

/** Throws what is wrong with the line. */
export function parseLine(bytes: Uint8Array | null, endpoint: string): ParsedLine {
  if (bytes === null) {
    throw new DomainError('payload_too_large', lineSentences.tooLong);
  }
  const line = parseAs(batchLineSchema, parseLineJson(bytes));
  if (line.url !== endpoint) {
    throw new DomainError('invalid_request', `url must be ${endpoint}, the endpoint of the batch.`, {
      param: 'url',
    });
  }
  return { customId: line.custom_id, body: toJson(line.body) };
}

function parseLineJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'payload_too_large') throw error;
    throw new DomainError('invalid_json', lineSentences.notJson);
  }
}

/** What is nested so deeply that it can be read but not written is no request of any endpoint. */
function toJson(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new DomainError('invalid_json', 'The body is nested too deeply.', { param: 'body' });
  }
}
