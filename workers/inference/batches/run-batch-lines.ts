import { readLines } from '#server/domain/batches/read-lines.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import type { BatchQueue, ClaimedBatch, Leased } from '#server/platform/batches/batch-queue.ts';
import { countBilled } from './count-billed.ts';
import type { LinePlaces } from './line-places.ts';
import { type ParsedLine, parseLine } from './parse-line.ts';
import type { Restraint, RetryTimes } from './retries.ts';
import { runChunk } from './run-chunk.ts';
import type { RunLine } from './run-line.ts';

export interface RunLinesDependencies {
  readonly queue: BatchQueue;
  readonly blobs: BlobStore;
  readonly runLine: RunLine;
  readonly places: LinePlaces;
  readonly restraint: Restraint;
  readonly retryTimes: RetryTimes;
  /** Calls under way that are not a batch's. */
  liveCalls(): number;
  /** Throws where this gateway may no longer run the batch: nothing more is begun. */
  check(): void;
  /** Until here it was only read what there is to do. */
  startTurn(): void;
  /** True: enough for this turn; what was begun is finished. */
  shouldPause(): boolean;
  readonly signal: AbortSignal;
}

/** What changes while a turn lasts. */
export interface Turn {
  /** A key's secret may be replaced. */
  keyHash: Buffer;
  answerBytes: number;
  /** When the first of the lines that were put off may run again, by performance.now(). */
  nextAtMs: number;
}

export interface LinesRun {
  /** All are settled. */
  readonly isDone: boolean;
  /** Until there may be something to run. */
  readonly waitMs: number;
}

/**
 * Runs the lines that are not settled, a few at the same time: each is begun (its request's id is in the database), run,
 * written to a piece of the answers, billed, and counted, in that order. Those that failed and were put off are not
 * waited for: another turn comes to them.
 */
export async function runBatchLines(
  batch: ClaimedBatch & Leased,
  input: AsyncIterable<Uint8Array>,
  dependencies: RunLinesDependencies,
): Promise<LinesRun> {
  const { queue, restraint } = dependencies;
  const turn: Turn = { keyHash: batch.keyHash, answerBytes: batch.answerBytes, nextAtMs: Infinity };
  const passed = await recover(batch, queue, turn);
  for await (const chunk of chunks(input, batch.endpoint, passed)) {
    dependencies.startTurn();
    if (dependencies.shouldPause()) return { isDone: false, waitMs: 0 };
    dependencies.check();
    const known = await queue.beginLines(
      batch,
      chunk.map(({ line }) => line),
      chunk.map(() => newRequestId()),
    );
    const begun = chunk.map((line) => ({ ...line, requestId: '', tries: 0, ...known.get(line.line) }));
    if (!(await runChunk(batch, begun, turn, dependencies))) {
      return { isDone: false, waitMs: restraint.leftMs() };
    }
  }
  if (turn.nextAtMs === Infinity) return { isDone: true, waitMs: 0 };
  const leftMs = turn.nextAtMs - performance.now();
  // The file is read again for it.
  return { isDone: false, waitMs: Math.max(dependencies.retryTimes.lineFirstMs, leftMs) };
}

/**
 * What a gateway that died had billed is counted; the rest of what it had begun is run again. Gives the lines to pass by:
 * those that are settled, and those whose time has not come.
 */
async function recover(
  batch: ClaimedBatch & Leased,
  queue: BatchQueue,
  turn: Turn,
): Promise<ReadonlySet<number>> {
  const lines = await countBilled(batch, queue);
  const passed = new Set<number>();
  for (const { line, isSettled, part, statusClass, tries, waitMs } of lines) {
    if (isSettled || waitMs > 0) passed.add(line);
    if (isSettled) continue;
    if (waitMs > 0) turn.nextAtMs = Math.min(turn.nextAtMs, performance.now() + waitMs);
    // Billed without an answer there is none; a try that failed on our side has a row of its own, and is run as another.
    if (part === null && statusClass !== null)
      await queue.renameLine(batch, line, { requestId: newRequestId(), tries, waitMs });
  }
  return passed;
}

async function* chunks(input: AsyncIterable<Uint8Array>, endpoint: string, passed: ReadonlySet<number>) {
  let chunk: (ParsedLine & { readonly line: number })[] = [];
  let bytes = 0;
  for await (const line of readLines(input, { bytesMax: batchLimits.lineBytesMax })) {
    if (passed.has(line.number)) continue;
    chunk.push({ ...parseLine(line.bytes, endpoint), line: line.number });
    bytes += line.bytes?.length ?? 0;
    if (chunk.length < batchLimits.chunkLinesMax && bytes < batchLimits.chunkBytesMax) continue;
    yield chunk;
    chunk = [];
    bytes = 0;
  }
  if (chunk.length > 0) yield chunk;
}
