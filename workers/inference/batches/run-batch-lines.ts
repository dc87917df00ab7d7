import { setTimeout as pause } from 'node:timers/promises';
import { partBlob } from '#server/domain/batches/part-blob.ts';
import { readLines } from '#server/domain/batches/read-lines.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { DomainError } from '#server/domain/errors.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import type { SettleOutcome } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import type { BatchQueue, ClaimedBatch, Leased } from '#server/platform/batches/batch-queue.ts';
import { withheld } from '../withheld.ts';
import { countBilled } from './count-billed.ts';
import { type AnsweredLine, answeredLine, type BegunLine, type PartRow, refusedLine } from './line-row.ts';
import { type ParsedLine, parseLine } from './parse-line.ts';
import type { RunLine } from './run-line.ts';

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

/** What changes while a turn lasts. */
interface Turn {
  /** A key's secret may be replaced. */
  keyHash: Buffer;
  answerBytes: number;
}

/** A failure that passes: the line is run again, up to `triesMax` times. */
const passing: ReadonlySet<unknown> = new Set(['overloaded', 'model_unavailable', 'answer_withheld']);

/** It was not tried: what holds the rest of a quota or all places will end, another gateway runs it, the database comes back. */
const untried: ReadonlySet<unknown> = new Set([
  'rate_limit_exceeded',
  'concurrency_limit_exceeded',
  'database_unavailable',
  'server_stopping',
]);

const retryFirstMs = 100;

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
  const turn = { keyHash: batch.keyHash, answerBytes: batch.answerBytes };
  const settled = await recover(batch, queue);
  for await (const chunk of chunks(input, batch.endpoint, settled)) {
    if (dependencies.shouldPause()) return false;
    dependencies.check();
    const known = await queue.beginLines(
      batch,
      chunk.map(({ line }) => line),
      chunk.map(() => newRequestId()),
    );
    const begun = chunk.map((line) => ({ ...line, requestId: '', tries: 0, ...known.get(line.line) }));
    if (!(await runChunk(batch, begun, turn, dependencies))) return false;
  }
  return true;
}

/** What a gateway that died had billed is counted; the rest of what it had begun is run again. */
async function recover(batch: ClaimedBatch & Leased, queue: BatchQueue): Promise<ReadonlySet<number>> {
  const lines = await countBilled(batch, queue);
  // Billed without an answer there is none; a try that failed on our side has a row of its own, and is run as another.
  for (const { line, isSettled, part, statusClass, tries } of lines) {
    if (!isSettled && part === null && statusClass !== null)
      await queue.renameLine(batch, line, { requestId: newRequestId(), tries });
  }
  return new Set(lines.filter(({ isSettled }) => isSettled).map(({ line }) => line));
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
  turn: Turn,
  dependencies: RunLinesDependencies,
): Promise<boolean> {
  const { queue, blobs, liveCalls, signal } = dependencies;
  const waiting = [...chunk];
  const pauses = new Map<number, number>();
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
    if (turn.answerBytes > batchLimits.answerBytesMax) {
      answered.push(await refusedLine(begun, tooManyBytes()));
      return;
    }
    const { keyId, address, endpoint: path } = batch;
    const { requestId, body } = begun;
    const { keyHash } = turn;
    const answer = await dependencies.runLine({ path, body, keyId, keyHash, address, requestId, signal });
    signal.throwIfAborted();
    if (answer.status !== 200) {
      const { error } = JSON.parse(answer.body) as { error?: { code?: unknown } };
      const tries = await triesAfter(error?.code, begun, keyHash);
      if (tries !== null) {
        await answer.settle?.();
        const again = await rename(begun, tries);
        await untilNextTry(begun.line);
        waiting.push(again);
        return;
      }
    }
    answered.push(answeredLine(begun, answer));
  }

  /** Null: it is not run again. */
  async function triesAfter(code: unknown, { tries }: BegunLine, keyHash: Buffer): Promise<number | null> {
    if (untried.has(code) || (code === 'unknown_api_key' && (await isReplaced(keyHash)))) return tries;
    return passing.has(code) && tries + 1 < batchLimits.triesMax ? tries + 1 : null;
  }

  /** Whether the key has another secret by now: the batch is the key's, not its secret's. */
  async function isReplaced(keyHash: Buffer): Promise<boolean> {
    turn.keyHash = await queue.keyHash(batch.keyId);
    return turn.keyHash.length > 0 && !turn.keyHash.equals(keyHash);
  }

  async function rename(begun: BegunLine, tries: number): Promise<BegunLine> {
    const next = { requestId: newRequestId(), tries };
    await queue.renameLine(batch, begun.line, next);
    return { ...begun, ...next };
  }

  async function untilNextTry(line: number): Promise<void> {
    const paused = pauses.get(line) ?? 0;
    pauses.set(line, paused + 1);
    const untilMs = performance.now() + Math.min(batchLimits.retryLongestMs, retryFirstMs * 2 ** paused);
    // A gateway that is stopped does not wait for it.
    while (performance.now() < untilMs && !dependencies.shouldPause())
      await pause(Math.min(retryFirstMs, untilMs - performance.now()), undefined, { signal });
  }

  /** Durable, then billed, then counted: a crash between any two is made up for by `recover`. */
  async function flush(): Promise<void> {
    const rows = answered;
    if (rows.length === 0) return;
    answered = [];
    const number = await queue.nextPart(batch);
    const { bytes } = await blobs.write(partBlob(batch, number), partLines(rows));
    await queue.recordPart(
      batch,
      { number, bytes },
      rows.map(({ line }) => line),
    );
    turn.answerBytes += bytes;
    const outcomes = await Promise.all(rows.map(({ settle }) => settle?.() ?? 'settled'));
    const outcomeOf = new Map(rows.map((row, i) => [row, row.isFailed ? 'settled' : outcomes[i]] as const));
    await queue.countLines(
      batch,
      rows.filter((row) => outcomeOf.get(row) === 'settled'),
    );
    for (const [row, outcome = 'no_hold'] of outcomeOf)
      if (outcome !== 'settled') await withhold(row.begun, outcome);
  }

  /** Nothing was billed, so what is in the piece does not count. Where a rest did not cover it, another try would not either. */
  async function withhold(begun: BegunLine, outcome: Exclude<SettleOutcome, 'settled'>): Promise<void> {
    const tries = begun.tries + 1;
    if (outcome === 'over_hold' || tries >= batchLimits.triesMax)
      answered.push(await refusedLine(begun, withheld(outcome)));
    else waiting.push(await rename(begun, tries));
  }

  /** Where it fails, the lanes end too: nothing runs on beside the next turn. */
  async function tryFlush(): Promise<void> {
    if (failure) return;
    await flush().catch((error: unknown) => {
      failure ??= { error };
    });
  }

  const lanes = async () => {
    const running = Array.from({ length: lanesOf(batch) }, (_, index) =>
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
    // More than once where what was withheld for good has become a row.
    while (answered.length > 0 && !failure) await tryFlush();
  }
  if (failure) throw (failure as { readonly error: unknown }).error;
  return !isPaused || waiting.length === 0;
}

/** A call that comes finds a place: lines have at most half of those that the key or the plan allows. */
function lanesOf({ placesMax }: ClaimedBatch): number {
  return Math.max(1, Math.min(batchLimits.linesAtOnceIdle, Math.floor(placesMax / 2)));
}

function tooManyBytes(): DomainError {
  const sentence = `The answers of the batch have ${batchLimits.answerBytesMax} bytes, the most that is kept of one. Send this line in another batch.`;
  return new DomainError('payload_too_large', sentence);
}

async function* partLines(rows: readonly AnsweredLine[]): AsyncGenerator<Uint8Array> {
  for (const { line, requestId, isFailed, row } of rows) {
    yield Buffer.from(`${JSON.stringify({ line, requestId, isFailed, row } satisfies PartRow)}\n`);
  }
}
