import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { partBlob } from '#server/domain/batches/part-blob.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { fileBlob } from '#server/domain/files/file-blob.ts';
import type { Logger } from '#server/domain/logger.ts';
import { batchLimits, fileLimits } from '#server/domain/rate-limits/limits.ts';
import { eventRow } from '#server/domain/webhooks/event-row.ts';
import {
  type BatchQueue,
  type ClaimedBatch,
  type EndedBatch,
  type Leased,
  LeaseLostError,
} from '#server/platform/batches/batch-queue.ts';
import { DamagedBlobError } from '#server/platform/blob-store/sealed-chunks.ts';
import { checkInput } from './check-input.ts';
import { countBilled } from './count-billed.ts';
import type { LinePlaces } from './line-places.ts';
import { createRestraint, type Restraint, type RetryTimes, retryTimes } from './retries.ts';
import { type LinesRun, runBatchLines } from './run-batch-lines.ts';
import type { RunLine } from './run-line.ts';
import { writeOutput } from './write-output.ts';

export interface BatchRunnerOptions {
  readonly queue: BatchQueue;
  readonly blobs: BlobStore;
  readonly runLine: RunLine;
  readonly liveCalls: () => number;
  /** The same as the gateway's. */
  readonly places: LinePlaces;
  readonly logger: Logger;
  /** A batch is another gateway's once its lease is over: longer than any hold, so that what is run again was not billed. */
  readonly leaseMs: number;
  readonly lookEveryMs?: number;
  readonly turnMs?: number;
  readonly retryTimes?: RetryTimes;
}

export interface BatchRunner {
  /** Begins no more lines, finishes those under way, and gives the batch back. */
  close(): Promise<void>;
}

type Batch = ClaimedBatch & Leased;

interface Lease {
  readonly signal: AbortSignal;
  check(): void;
  state(): { readonly status: string; readonly isExpired: boolean };
  /** The turn, not the lease: of a long file it takes its time to find what there is to do. */
  startTurn(): void;
  isOver(): boolean;
}

const restraintsMax = 1_000;

/** One batch at a time, for a turn each. */
export function startBatchRunner(options: BatchRunnerOptions): BatchRunner {
  const { queue, blobs, logger, leaseMs } = options;
  const { lookEveryMs = batchLimits.lookEveryMs, turnMs = batchLimits.turnMs } = options;
  const times = options.retryTimes ?? retryTimes;
  const closing = new AbortController();
  // Of batches that are held back from turn to turn.
  const restraints = new Map<string, Restraint>();
  const over = loop();

  async function loop(): Promise<void> {
    while (!closing.signal.aborted) {
      const leaseId = randomUUID();
      const claimed = await queue.claim(leaseId).catch((error: unknown) => {
        logger.warn({ err: error }, 'Batches can not be looked for.');
        return null;
      });
      if (claimed) await turn({ ...claimed, leaseId });
      else await pause(lookEveryMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  async function turn(batch: Batch): Promise<void> {
    const lost = new AbortController();
    let untilMs = Infinity;
    let waitMs = 0;
    let hasRun = false;
    let renewedAtMs = performance.now();
    let state = { status: batch.status, isExpired: batch.isExpired };
    const timer = setInterval(renew, Math.min(leaseMs / 8, batchLimits.lookEveryMs));

    function renew() {
      const askedAtMs = performance.now();
      queue.renew(batch).then(
        (renewed) => {
          if (!renewed) return lost.abort(new LeaseLostError('Another gateway has the batch.'));
          renewedAtMs = askedAtMs;
          state = renewed;
        },
        () => {
          if (performance.now() - renewedAtMs > leaseMs / 4)
            lost.abort(new LeaseLostError('The lease is too old.'));
        },
      );
    }

    try {
      waitMs = await work(batch, {
        signal: lost.signal,
        // Also after the process was stopped for a while, before its timers have run.
        check() {
          lost.signal.throwIfAborted();
          if (performance.now() - renewedAtMs > leaseMs / 4)
            throw new LeaseLostError('The lease is too old.');
        },
        state: () => state,
        startTurn() {
          hasRun = true;
          untilMs = Math.min(untilMs, performance.now() + turnMs);
        },
        isOver: () => closing.signal.aborted || performance.now() > untilMs,
      });
    } catch (error) {
      // Of answers that were lost the holds may still be there: their lines are run again once those have expired.
      waitMs = hasRun ? leaseMs : batchLimits.failedTurnMs;
      if (!(error instanceof LeaseLostError)) {
        logger.error({ batchId: batch.id, err: error }, 'A batch could not go on. It is tried again.');
        await pause(lookEveryMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    } finally {
      clearInterval(timer);
      await queue.release(batch, waitMs).catch(() => {});
    }
  }

  /** Until there may be something to do. */
  async function work(batch: Batch, lease: Lease): Promise<number> {
    try {
      return await workOn(batch, lease);
    } catch (error) {
      // No later try would read it.
      if (!(error instanceof DamagedBlobError)) throw error;
      logger.error({ batchId: batch.id, err: error }, 'What is kept of a batch is damaged.');
      const message = 'The input file, or what was answered, was damaged where it is kept. Upload it again.';
      lease.check();
      const errors = [{ code: 'file_damaged', message, param: null, line: null }];
      await end(batch, { status: 'failed', errors, ...(await salvage(batch)) });
      return 0;
    }
  }

  /** What was answered before is billed: where only the input is damaged, it is handed over. */
  async function salvage(batch: Batch): Promise<Pick<EndedBatch, 'output' | 'error'>> {
    await countBilled(batch, queue);
    const parts = await queue.nextPart(batch);
    return writeOutput(batch, { queue, blobs, parts, unrun: null }).catch((error: unknown) => {
      if (error instanceof DamagedBlobError) return {};
      throw error;
    });
  }

  async function workOn(batch: Batch, lease: Lease): Promise<number> {
    const inputBlob = fileBlob({ workspaceId: batch.workspaceId, id: batch.inputFileId });
    const readInput = () => blobs.read(inputBlob);
    const isStopped = () => lease.state().status === 'cancelling' || lease.state().isExpired;
    if (batch.status === 'validating') {
      const errors = await begin(batch, readInput);
      if (errors.length > 0) {
        await end(batch, { status: 'failed', errors });
        return 0;
      }
    }
    if (!isStopped() && batch.status !== 'finalizing') {
      const input = await readInput();
      const ran = input && (await runLines(batch, input, lease, () => lease.isOver() || isStopped()));
      if (ran && !ran.isDone && !isStopped()) return ran.waitMs;
    }
    lease.check();
    await finish(batch, readInput);
    return 0;
  }

  async function runLines(
    batch: Batch,
    input: AsyncIterable<Uint8Array>,
    { signal, check, startTurn }: Lease,
    shouldPause: () => boolean,
  ): Promise<LinesRun> {
    const { runLine, liveCalls, places } = options;
    const restraint = restraints.get(batch.id) ?? createRestraint(times);
    const ran = await runBatchLines(batch, input, {
      queue,
      blobs,
      runLine,
      liveCalls,
      places,
      restraint,
      retryTimes: times,
      signal,
      check,
      startTurn,
      shouldPause,
    });
    if (ran.isDone || restraint.setbacks === 0) restraints.delete(batch.id);
    else {
      // Those that others have ended since are forgotten with the rest.
      if (restraints.size >= restraintsMax) restraints.clear();
      restraints.set(batch.id, restraint);
    }
    return ran;
  }

  async function begin(
    batch: Batch,
    readInput: () => Promise<AsyncIterable<Uint8Array> | null>,
  ): Promise<readonly object[]> {
    const input = await readInput();
    if (!input) {
      return [{ code: 'not_found', message: 'The input file is gone.', param: 'input_file_id', line: null }];
    }
    const { lines, errors } = await checkInput(input, batch.endpoint);
    if (errors.length === 0) await queue.begin(batch, lines);
    return errors;
  }

  function end(batch: Batch, ended: Omit<EndedBatch, 'filesLiveMs' | 'event'>): Promise<void> {
    const { id, workspaceId } = batch;
    restraints.delete(id);
    const event = eventRow({ workspaceId, type: `batch.${ended.status}`, data: { id }, at: new Date() });
    return queue.end(batch, { ...ended, filesLiveMs: fileLimits.lifetimeMs, event });
  }

  async function finish(
    batch: Batch,
    readInput: () => Promise<AsyncIterable<Uint8Array> | null>,
  ): Promise<void> {
    const now = await queue.renew(batch);
    if (!now) throw new LeaseLostError('Another gateway has the batch.');
    const isCancelled = now.status === 'cancelling';
    const lines = await countBilled(batch, queue);
    const total = await queue.startFinalizing(batch);
    const isExpired = !isCancelled && lines.filter(({ isSettled }) => isSettled).length < total;
    const parts = await queue.nextPart(batch);
    const files = await writeOutput(batch, {
      queue,
      blobs,
      parts,
      unrun: isExpired
        ? {
            input: readInput,
            error: { code: 'batch_expired', message: 'The batch expired before this request was run.' },
          }
        : null,
    });
    const status = isCancelled ? 'cancelled' : isExpired ? 'expired' : 'completed';
    await end(batch, { status, ...files });
    for (let part = 1; part <= parts; part++) await blobs.remove(partBlob(batch, part));
    logger.info({ batchId: batch.id, status }, 'A batch has ended.');
  }

  return {
    async close() {
      closing.abort();
      await over;
    },
  };
}
