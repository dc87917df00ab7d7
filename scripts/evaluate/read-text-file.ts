import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { EvaluationError } from './evaluation-error.ts';

const BYTES_MAX = 256 * 1024 * 1024;
const GZIP = [0x1f, 0x8b];

/** A text in UTF-8, gzipped or not; a byte order mark, as spreadsheets write one, is no part of it. */
export function readTextFile(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new EvaluationError(`${file} is not there.`);
  if (!stats.isFile()) throw new EvaluationError(`${file} is no file.`);
  if (stats.size > BYTES_MAX) throw tooLarge(file);
  const bytes = readFileSync(file);
  const zipped = GZIP.every((byte, index) => bytes[index] === byte);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(zipped ? unzipped(file, bytes) : bytes);
  } catch (cause) {
    if (cause instanceof EvaluationError) throw cause;
    throw new EvaluationError(`${file} is not a text in UTF-8.`, { cause });
  }
}

function unzipped(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: BYTES_MAX });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(file);
    throw new EvaluationError(`${file} can't be unzipped: it is damaged or cut short.`, { cause });
  }
}

function tooLarge(file: string): EvaluationError {
  return new EvaluationError(`${file} has more than the ${BYTES_MAX} bytes of text that are read.`);
}
