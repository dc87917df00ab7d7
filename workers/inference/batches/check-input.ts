import { lineSentences } from '#server/domain/batches/batch-line.ts';
import { readLines } from '#server/domain/batches/read-lines.ts';
import type { LineError } from '#server/domain/batches/schema.ts';
import { DomainError } from '#server/domain/errors.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { parseLine } from './parse-line.ts';

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
        throw new DomainError('payload_too_large', lineSentences.tooManyLines);
      }
      const { customId } = parseLine(bytes, endpoint);
      if (seen.has(customId)) {
        throw new DomainError('invalid_request', lineSentences.sameCustomId, { param: 'custom_id' });
      }
      seen.add(customId);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      errors.push({ code: error.code, message: error.message, param: error.param ?? null, line: number });
    }
    if (lines > batchLimits.linesMax || errors.length >= batchLimits.errorsMax) break;
  }
  if (lines === 0) {
    errors.push({ code: 'invalid_request', message: lineSentences.noLines, param: null, line: null });
  }
  return { lines, errors };
}
