import { DomainError } from '#server/domain/errors.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { parseLine } from './parse-line.ts';
import { readLines } from './read-lines.ts';

export interface LineError {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly line: number | null;
}

export interface CheckedInput {
  readonly lines: number;
  readonly errors: readonly LineError[];
}

/** The whole file before any of it runs: what is wrong with line 40,000 is told before line 1 is billed. */
export async function checkInput(pieces: AsyncIterable<Uint8Array>, endpoint: string): Promise<CheckedInput> {
  const seen = new Set<string>();
  const errors: LineError[] = [];
  let lines = 0;
  for await (const { number, bytes } of readLines(pieces, { bytesMax: batchLimits.lineBytesMax })) {
    lines++;
    try {
      if (lines > batchLimits.linesMax) {
        throw new DomainError('payload_too_large', `A batch has at most ${batchLimits.linesMax} lines.`);
      }
      const { customId } = parseLine(bytes, endpoint);
      if (seen.has(customId)) {
        const sentence = 'An earlier line has this custom_id. Each must be its own.';
        throw new DomainError('invalid_request', sentence, { param: 'custom_id' });
      }
      seen.add(customId);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      errors.push({ code: error.code, message: error.message, param: error.param ?? null, line: number });
    }
    if (lines > batchLimits.linesMax || errors.length >= batchLimits.errorsMax) break;
  }
  if (lines === 0) {
    errors.push({ code: 'invalid_request', message: 'The file has no lines.', param: null, line: null });
  }
  return { lines, errors };
}
