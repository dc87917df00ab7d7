import { setTimeout as pause } from 'node:timers/promises';
import { partBlob } from '#server/domain/batches/part-blob.ts';
import { DomainError } from '#server/domain/errors.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import type { SettleOutcome } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import type { ClaimedBatch, Leased } from '#server/platform/batches/batch-queue.ts';
import { withheld } from '../errors/withheld.ts';
import { type AnsweredLine, answeredLine, type BegunLine, type PartRow, refusedLine } from './line-row.ts';
import { type Setback, setbackOf } from './retries.ts';
import type { RunLinesDependencies, Turn } from './run-batch-lines.ts';

const lookAgainMs = 50;
/** A piece is written, and its lines are billed. */
const flushedSoonMs = 5;

/** False: the turn is over before all are settled or put off. */
export async function runChunk(
  batch: ClaimedBatch & Leased,
  chunk: readonly BegunLine[],
  turn: Turn,
  dependencies: RunLinesDependencies,
): Promise<boolean> {
  const { queue, blobs, liveCalls, places, restraint, retryTimes, signal } = dependencies;
  const waiting = [...chunk];
  /** What to call when the line's place is free again: of those that run and those that are answered and not yet billed. */
  const taken = new Map<BegunLine, () => void>();
  let answered: AnsweredLine[] = [];
  let failure: { readonly error: unknown } | null = null;
  let isPaused = false;
  let running = 0;
  let flushSoon = () => {};

  async function lane(): Promise<void> {
    while (!failure && !isPaused) {
      // One that is to wait for long gives its turn away.
      if (dependencies.shouldPause() || restraint.leftMs() >= retryTimes.setAsideMs) {
        isPaused = true;
        return;
      }
      const waitMs = running < runningMax() ? untilNextMs() : lookAgainMs;
      if (waitMs > 0) {
        if (waiting.length === 0) return;
        await pause(Math.max(1, Math.min(lookAgainMs, waitMs)), undefined, { signal });
        continue;
      }
      const next = waiting.shift();
      if (!next) return;
      dependencies.check();
      running++;
      await runOne(next).finally(() => running--);
    }
  }

  /** Fewer while live calls are under way, or while nobody knows whether anything goes through. */
  function runningMax(): number {
    return liveCalls() > 0 || restraint.setbacks > 0 ? batchLimits.linesAtOnceBusy : lanesOf(batch);
  }

  function untilNextMs(): number {
    if (places.isWanted(batch.workspaceId)) return lookAgainMs;

    if (taken.size < placesOf(batch)) return restraint.leftMs();
    // What is answered keeps its place until it is billed.
    if (answered.length > 0) flushSoon();
    return flushedSoonMs;
  }

  async function runOne(begun: BegunLine): Promise<void> {
    if (turn.answerBytes > batchLimits.answerBytesMax) {
      answered.push(await refusedLine(begun, tooManyBytes()));
      return;
    }
    const { keyId, address, endpoint: path } = batch;
    const { requestId, body } = begun;
    const { keyHash } = turn;
    const begunAtMs = performance.now();
    taken.set(begun, places.take(batch.workspaceId));
    const answer = await dependencies.runLine({ path, body, keyId, keyHash, address, requestId, signal });
    signal.throwIfAborted();
    if (answer.status !== 200) {
      const { error } = JSON.parse(answer.body) as { error?: { code?: unknown } };
      const setback = setbackOf(error?.code, performance.now() - begunAtMs);
      const isOfOldSecret = error?.code === 'unknown_api_key' && (await isReplaced(keyHash));
      if (setback || isOfOldSecret) {
        await answer.settle?.();
        giveBack(begun);
        if (isOfOldSecret) waiting.push(await rename(begun, begun.tries));
        else if (setback && !(await isTriedAgain(begun, setback)))
          answered.push(answeredLine(begun, { ...answer, settle: null }));
        return;
      }
    }
    if (answer.status === 200) restraint.wentThrough();
    if (!answer.settle) giveBack(begun);
    answered.push(answeredLine(begun, answer));
  }

  function giveBack(begun: BegunLine): void {
    taken.get(begun)?.();
    taken.delete(begun);
  }

  /** Whether it comes again: in this turn, or in another one. */
  async function isTriedAgain(begun: BegunLine, setback: Setback): Promise<boolean> {
    restraint.setBack(setback);
    if (setback !== 'failed') {
      waiting.push(await rename(begun, begun.tries));
      return true;
    }
    const tries = begun.tries + 1;
    if (tries >= batchLimits.triesMax) return false;
    await putOff(begun, tries);
    return true;
  }

  /** It keeps neither a place nor others waiting: a later turn comes to it. */
  async function putOff(begun: BegunLine, tries: number): Promise<void> {
    const waitMs = restraint.lineWaitMs(tries);
    await rename(begun, tries, waitMs);
    turn.nextAtMs = Math.min(turn.nextAtMs, performance.now() + waitMs);
  }

  /** Whether the key has another secret by now: the batch is the key's, not its secret's. */
  async function isReplaced(keyHash: Buffer): Promise<boolean> {
    turn.keyHash = await queue.keyHash(batch.keyId);
    return turn.keyHash.length > 0 && !turn.keyHash.equals(keyHash);
  }

  async function rename(begun: BegunLine, tries: number, waitMs = 0): Promise<BegunLine> {
    const next = { requestId: newRequestId(), tries, waitMs };
    await queue.renameLine(batch, begun.line, next);
    return { ...begun, ...next };
  }

  /** Durable, then billed, then counted: a crash between any two is made up for by the next turn. */
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
    const outcomes = await settleAll(rows);
    const outcomeOf = new Map(rows.map((row, i) => [row, row.isFailed ? 'settled' : outcomes[i]] as const));
    await queue.countLines(
      batch,
      rows.filter((row) => outcomeOf.get(row) === 'settled'),
    );
    for (const [row, outcome = 'no_hold'] of outcomeOf)
      if (outcome !== 'settled') await withhold(row.begun, outcome);
  }

  /** None is still on its way to the ledger when this is over: the next turn looks there. */
  async function settleAll(rows: readonly AnsweredLine[]): Promise<readonly SettleOutcome[]> {
    const found = await Promise.allSettled(
      rows.map(async ({ settle, begun }) => {
        const outcome = (await settle?.()) ?? 'settled';
        giveBack(begun);
        return outcome;
      }),
    );
    return found.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  }

  /** Nothing was billed, so what is in the piece does not count. Where a rest did not cover it, another try would not either. */
  async function withhold(begun: BegunLine, outcome: Exclude<SettleOutcome, 'settled'>): Promise<void> {
    const tries = begun.tries + 1;
    if (outcome === 'over_hold' || tries >= batchLimits.triesMax)
      answered.push(await refusedLine(begun, withheld(outcome)));
    else await putOff(begun, tries);
  }

  /** Where it fails, the lanes end too: nothing runs on beside the next turn. */
  async function tryFlush(): Promise<void> {
    if (failure) return;
    await flush().catch((error: unknown) => {
      failure ??= { error };
    });
  }

  const lanes = async () => {
    const all = Array.from({ length: lanesOf(batch) }, () =>
      lane().catch((error: unknown) => {
        failure ??= { error };
      }),
    );
    await Promise.all(all);
  };
  try {
    while (waiting.length > 0 && !failure && !isPaused) {
      let done = false;
      const over = lanes().finally(() => {
        done = true;
      });
      while (!done) {
        const isFull = new Promise<void>((resolve) => {
          flushSoon = resolve;
        });
        await Promise.race([over, isFull, pause(batchLimits.flushEveryMs)]);
        await tryFlush();
      }
      // More than once where what was withheld for good has become a row.
      while (answered.length > 0 && !failure) await tryFlush();
    }
  } finally {
    for (const giveOneBack of taken.values()) giveOneBack();
  }
  if (failure) throw (failure as { readonly error: unknown }).error;
  return !isPaused || waiting.length === 0;
}

/** A call that comes finds a place: lines have at most half of those that the key or the plan allows. */
function placesOf({ placesMax }: ClaimedBatch): number {
  return Math.max(1, Math.floor(placesMax / 2));
}

function lanesOf(batch: ClaimedBatch): number {
  return Math.min(batchLimits.linesAtOnceIdle, placesOf(batch));
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
