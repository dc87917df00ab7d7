import { partBlob } from '#server/domain/batches/part-blob.ts';
import { readLines } from '#server/domain/batches/read-lines.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { fileBlob } from '#server/domain/files/file-blob.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import type { BatchQueue, ClaimedBatch, WrittenFile } from '#server/platform/batches/batch-queue.ts';
import type { PartRow } from './line-row.ts';
import { parseLine } from './parse-line.ts';

/** Vectors as numbers take many times the bytes of what was sent. */
const partRowBytesMax = 256 * 1024 * 1024;

export interface OutputOptions {
  readonly queue: BatchQueue;
  readonly blobs: BlobStore;
  readonly parts: number;
  /** Told of each line that was not run; null: they are left out. */
  readonly unrun: {
    readonly input: () => Promise<AsyncIterable<Uint8Array> | null>;
    readonly error: object;
  } | null;
}

/** The output and the error file, from the pieces: only what was counted stands in them. Safe to repeat. */
export async function writeOutput(
  batch: ClaimedBatch,
  options: OutputOptions,
): Promise<{ readonly output: WrittenFile | null; readonly error: WrittenFile | null }> {
  const settled = new Map(
    (await options.queue.lines(batch.id))
      .filter(({ isSettled }) => isSettled)
      .map((line) => [line.line, line]),
  );

  async function* rows(isFailed: boolean): AsyncGenerator<Uint8Array> {
    for (let part = 1; part <= options.parts; part++) {
      const piece = await options.blobs.read(partBlob(batch, part));
      if (!piece) continue;
      for await (const { bytes } of readLines(piece, { bytesMax: partRowBytesMax })) {
        if (!bytes) throw new Error('A row of a batch is longer than it can be.');
        const row = JSON.parse(Buffer.from(bytes).toString()) as PartRow;
        const line = settled.get(row.line);
        if (line?.part !== part || line.requestId !== row.requestId || row.isFailed !== isFailed) continue;
        yield Buffer.from(`${JSON.stringify(row.row)}\n`);
      }
    }
    if (!isFailed || !options.unrun) return;
    const input = await options.unrun.input();
    if (!input) return;
    for await (const { number, bytes } of readLines(input, { bytesMax: batchLimits.lineBytesMax })) {
      if (settled.has(number)) continue;
      const { customId } = parseLine(bytes, batch.endpoint);
      const id = `${batch.id}_${number}`;
      yield Buffer.from(
        `${JSON.stringify({ id, custom_id: customId, response: null, error: options.unrun.error })}\n`,
      );
    }
  }

  return { output: await write('output'), error: await write('error') };

  async function write(kind: 'output' | 'error'): Promise<WrittenFile | null> {
    // Of the batch's own id, so that a second try writes over the first.
    const id = `file-${batch.id.slice('batch_'.length)}${kind === 'output' ? 'a' : 'e'}`;
    const blob = fileBlob({ workspaceId: batch.workspaceId, id });
    const { bytes } = await options.blobs.write(blob, rows(kind === 'error'));
    if (bytes > 0) return { id, filename: `${batch.id}_${kind}.jsonl`, bytes };
    await options.blobs.remove(blob);
    return null;
  }
}
