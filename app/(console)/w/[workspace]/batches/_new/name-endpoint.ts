import { readLines } from '#server/domain/batches/schema.ts';
import { batchLimits } from '#server/domain/rate-limits/schema.ts';
import type { BatchEndpoint } from './endpoints.ts';
import { piecesOf } from './pieces-of.ts';

const brace = '{'.charCodeAt(0);
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * The same file with the path in each of its lines, which have been checked and have none. It is written behind the
 * line's first brace: what stands in the line stays as it is, to the last digit of a number.
 */
export async function nameEndpoint(file: Blob, endpoint: BatchEndpoint): Promise<Blob> {
  const url = `"url":${JSON.stringify(endpoint)},`;
  const parts: BlobPart[] = [];
  let written = 0;
  for await (const { number, bytes } of readLines(piecesOf(file), { bytesMax: batchLimits.lineBytesMax })) {
    if (!bytes) throw new Error('A line that is too long was checked.');
    // Empty lines stay, so that a line has the number that it has in the file.
    parts.push('\n'.repeat(number - 1 - written));
    written = number;
    const at = bytes.indexOf(brace) + 1;
    const hasMethod = 'method' in (JSON.parse(decoder.decode(bytes)) as object);
    const named = encoder.encode(hasMethod ? url : `"method":"POST",${url}`);
    parts.push(new Uint8Array(bytes.subarray(0, at)), named, new Uint8Array(bytes.subarray(at)), '\n');
  }
  return new Blob(parts);
}
