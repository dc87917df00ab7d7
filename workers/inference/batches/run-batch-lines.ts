import { setTimeout as pause } from 'node:timers/promises';
import { partBlob } from '#server/domain/batches/part-blob.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { newRequestId, publicRequestId } from '#server/domain/usage/request-id.ts';
import type { BatchQueue, ClaimedBatch, Leased } from '#server/platform/batches/batch-queue.ts';
import { type ParsedLine, parseLine } from './parse-line.ts';
import { readLines } from './read-lines.ts';
import type { LineAnswer, RunLine } from './run-line.ts';

export interface RunLinesDependencies {
  readonly queue: BatchQueue;
  readonly blobs: BlobStore;
  readonly runLine: RunLine;
  /** Calls under way that are not a batch's. */
  liveCalls(): number;
  /** Throws where this gateway may no longer run the batch: nothing more is begun. */
  check(): void;
  /** True: enough for this turn; what was begun is finished. */
  shouldPause(): boolean;
  readonly signal: AbortSignal;
}

/** A row of the output or the error file, as it stands in a piece of the answers. */
export interface PartRow {
  readonly line: number;
  readonly requestId: string;
  readonly isFailed: boolean;
  readonly row: object;
}

interface BegunLine extends ParsedLine {
  readonly line: number;
  readonly requestId: string;
}

interface AnsweredLine extends PartRow {
  readonly settle: LineAnswer['settle'];
  readonly begun: BegunLine;
}

/** A failure that passes: the line is run again, up to `triesMax` times. */
const passing: ReadonlySet<unknown> = new Set([
  'rate_limit_exceeded',
  'concurrency_limit_exceeded',
  'overloaded',
  'model_unavailable',
  'database_unavailable',
  'answer_withheld',
]);

/**
 * Runs the lines that are not settled, a few at the same time: each is begun (its request's id is in the database), run,
 * written to a piece of the answers, billed, and counted, in that order. True: all are settled.
 */
export async function runBatchLines(
  batch: ClaimedBatch & Leased,
  input: AsyncIterable<Uint8Array>,
  dependencies: RunLinesDependencies,
): Promise<boolean> {
  const { queue } = dependencies;
  const settled = await recover(batch, queue);
  for await (const chunk of chunks(input, batch.endpoint, settled)) {
    if (dependencies.shouldPause()) return false;
    dependencies.check();
    const ids = await queue.beginLines(
      batch,
      chunk.map(({ line }) => line),
      chunk.map(() => newRequestId()),
    );
    const begun = chunk.map((line) => ({ ...line, requestId: ids.get(line.line) ?? '' }));
    if (!(await runChunk(batch, begun, dependencies))) return false;
  }
  return true;
}

/** What a gateway that died had billed is counted; the rest of what it had begun is run again. */
async function recover(batch: ClaimedBatch & Leased, queue: BatchQueue): Promise<ReadonlySet<number>> {
  const lines = await queue.lines(batch.id);
  const billed = lines.filter(
    ({ isSettled, part, statusClass }) => !isSettled && part !== null && statusClass !== null,
  );
  if (billed.length > 0) {
    await queue.countLines(
      batch,
      billed.map(({ line, statusClass }) => ({ line, isFailed: statusClass !== 2 })),
    );
  }
  // Billed without an answer there is none; a try that failed on our side has a row of its own, and is run as another.
  for (const { line, isSettled, part, statusClass } of lines) {
    if (!isSettled && part === null && statusClass !== null)
      await queue.renameLine(batch, line, newRequestId());
  }
  return new Set([...lines.filter(({ isSettled }) => isSettled), ...billed].map(({ line }) => line));
}

async function* chunks(input: AsyncIterable<Uint8Array>, endpoint: string, settled: ReadonlySet<number>) {
  let chunk: (ParsedLine & { readonly line: number })[] = [];
  let bytes = 0;
  for await (const line of readLines(input, { bytesMax: batchLimits.lineBytesMax })) {
    if (settled.has(line.number)) continue;
    chunk.push({ ...parseLine(line.bytes, endpoint), line: line.number });
    bytes += line.bytes?.length ?? 0;
    if (chunk.length < batchLimits.chunkLinesMax && bytes < batchLimits.chunkBytesMax) continue;
    yield chunk;
    chunk = [];
    bytes = 0;
  }
  if (chunk.length > 0) yield chunk;
}

async function runChunk(
  batch: ClaimedBatch & Leased,
  chunk: readonly BegunLine[],
  dependencies: RunLinesDependencies,
): Promise<boolean> {
  const { queue, blobs, liveCalls, signal } = dependencies;
  const waiting = [...chunk];
  const tries = new Map<number, number>();
  let answered: AnsweredLine[] = [];
  let failure: { readonly error: unknown } | null = null;
  let isPaused = false;

  async function lane(index: number): Promise<void> {
    while (!failure && !isPaused) {
      if (dependencies.shouldPause()) {
        isPaused = true;
        return;
      }
      // While live calls are under way only the first lane goes on.
      if (liveCalls() > 0 && index >= batchLimits.linesAtOnceBusy) {
        if (waiting.length === 0) return;
        await pause(5, undefined, { signal });
        continue;
      }
      const next = waiting.shift();
      if (!next) return;
      dependencies.check();
      await runOne(next);
    }
  }

  async function runOne(begun: BegunLine): Promise<void> {
    const { keyId, keyHash, address, endpoint } = batch;
    const { requestId, body, customId, line } = begun;
    const answer = await dependencies.runLine({
      path: endpoint,
      body,
      keyId,
      keyHash,
      address,
      requestId,
      signal,
    });
    signal.throwIfAborted();
    const json = JSON.parse(answer.body) as { error?: { code?: unknown } };
    const isFailed = answer.status !== 200;
    // Where this gateway is stopped another one runs it, and it was no try.
    const isStopped = json.error?.code === 'server_stopping';
    if (isFailed && (isStopped || (passing.has(json.error?.code) && mayTryAgain(line)))) {
      await answer.settle?.();
      return runAgain(begun);
    }
    const row = {
      id: `batch_${publicRequestId(requestId)}`,
      custom_id: customId,
      response: { status_code: answer.status, request_id: publicRequestId(requestId), body: json },
      error: null,
    };
    answered.push({ line, requestId, isFailed, row, settle: answer.settle, begun });
  }

  function mayTryAgain(line: number): boolean {
    tries.set(line, (tries.get(line) ?? 0) + 1);
    return (tries.get(line) ?? 0) < batchLimits.triesMax;
  }

  async function runAgain(begun: BegunLine): Promise<void> {
    const requestId = newRequestId();
    await queue.renameLine(batch, begun.line, requestId);
    const waitMs = Math.min(batchLimits.retryLongestMs, 100 * 2 ** (tries.get(begun.line) ?? 0));
    await pause(waitMs, undefined, { signal });
    waiting.push({ ...begun, requestId });
  }

  /** Durable, then billed, then counted: a crash between any two is made up for by `recover`. */
  async function flush(): Promise<void> {
    const rows = answered;
    if (rows.length === 0) return;
    answered = [];
    const part = await queue.nextPart(batch);
    await blobs.write(partBlob(batch, part), partLines(rows));
    await queue.recordPart(
      batch,
      part,
      rows.map(({ line }) => line),
    );
    const outcomes = await Promise.all(rows.map(({ settle }) => settle?.() ?? 'settled'));
    const counted = rows.filter((row, i) => row.isFailed || outcomes[i] === 'settled');
    await queue.countLines(batch, counted);
    // Its hold was gone: nothing was billed, so what is in the piece does not count.
    for (const row of rows.filter((candidate) => !counted.includes(candidate))) {
      mayTryAgain(row.line);
      await runAgain(row.begun);
    }
  }

  /** Where it fails, the lanes end too: nothing runs on beside the next turn. */
  async function tryFlush(): Promise<void> {
    if (failure) return;
    await flush().catch((error: unknown) => {
      failure ??= { error };
    });
  }

  const lanes = async () => {
    const running = Array.from({ length: batchLimits.linesAtOnceIdle }, (_, index) =>
      lane(index).catch((error: unknown) => {
        failure ??= { error };
      }),
    );
    await Promise.all(running);
  };
  while (waiting.length > 0 && !failure && !isPaused) {
    let done = false;
    const over = lanes().finally(() => {
      done = true;
    });
    while (!done) {
      await Promise.race([over, pause(batchLimits.flushEveryMs)]);
      await tryFlush();
    }
    await tryFlush();
  }
  if (failure) throw (failure as { readonly error: unknown }).error;
  return !isPaused || waiting.length === 0;
}

async function* partLines(rows: readonly AnsweredLine[]): AsyncGenerator<Uint8Array> {
  for (const { line, requestId, isFailed, row } of rows) {
    yield Buffer.from(`${JSON.stringify({ line, requestId, isFailed, row } satisfies PartRow)}\n`);
  }
}
