import { QueueFullError } from '#server/domain/usage/metering.ts';
import { classifyDatabaseFault } from './database-fault.ts';

export interface GroupOptions<Row, Result> {
  /** One statement for many rows: a result each, in order. */
  run(rows: readonly Row[]): Promise<readonly Result[]>;
  readonly rowsMax: number;
  readonly queueMax: number;
  /** Whether the row may be refused when the queue is full. All may, if this is left out. */
  mayRefuse?(row: Row): boolean;
  /** Calls at the same time. One call groups best; two hide the round trip. */
  readonly callsMax: number;
  /**
   * A call costs the same for one row as for many, so while more rows are known to be on their way the next call
   * waits for them: until there are `rowsEnough()` of them, but no longer than `lingerMs`.
   */
  readonly lingerMs?: number;
  rowsEnough?(): number;
  /** What a caller gets when the database does not answer. */
  toAwayError(cause: unknown): Error;
  onCall?(call: { rows: number; tookMs: number }): void;
}

export interface Group<Row, Result> {
  /**
   * Queues the row for the next call. Aborted before that, it leaves the queue; once it is on its way the result
   * is given all the same, because the call has effects that the caller must undo.
   */
  submit(row: Row, options?: SubmitOptions): Promise<Result>;
  readonly depth: number;
  /** How many of those that wait are of a kind. */
  count(isOfKind: (row: Row) => boolean): number;
  /** Resolves when nothing waits and nothing is on its way. */
  idle(): Promise<void>;
}

export interface SubmitOptions {
  readonly signal?: Pick<AbortSignal, 'aborted' | 'reason'> | undefined;
  /** A lost connection is tried again until then: only for a call that is safe to repeat. */
  readonly retryUntilMs?: number;
}

interface Waiting<Row, Result> {
  readonly row: Row;
  readonly signal: SubmitOptions['signal'];
  readonly retryUntilMs: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

const raceRetriesMax = 5;
const retryFirstMs = 20;
const retryLongestMs = 500;

/** Lets requests that wait at the same time share one statement. */
export function createGroup<Row, Result>(options: GroupOptions<Row, Result>): Group<Row, Result> {
  let queue: Waiting<Row, Result>[] = [];
  let calls = 0;
  let scheduled = false;
  let leaving = false;
  let lingering: NodeJS.Timeout | undefined;
  let idleWaiters: (() => void)[] = [];

  function submit(row: Row, { signal, retryUntilMs = 0 }: SubmitOptions = {}): Promise<Result> {
    if (queue.length >= options.queueMax && (options.mayRefuse?.(row) ?? true))
      return Promise.reject(new QueueFullError('The queue is full.'));
    return new Promise((resolve, reject) => {
      queue.push({ row, signal, retryUntilMs, resolve, reject });
      schedule();
    });
  }

  /**
   * Not at once: what arrives in the same turn of the event loop goes together. Where there is enough already, the call
   * leaves before the event loop turns to anything else, and runs while it does.
   */
  function schedule() {
    if (calls >= options.callsMax || queue.length === 0) return;
    const enough = options.rowsEnough?.() ?? 0;
    if (enough > 0 && queue.length >= enough) {
      if (!leaving) process.nextTick(leave);
      leaving = true;
    } else if (!scheduled) {
      scheduled = true;
      setImmediate(flushOrLinger);
    }
  }

  function leave() {
    leaving = false;
    flush();
  }

  function flushOrLinger() {
    scheduled = false;
    if (queue.length >= (options.rowsEnough?.() ?? 0)) return flush();
    lingering ??= setTimeout(flush, options.lingerMs);
  }

  function flush() {
    clearTimeout(lingering);
    lingering = undefined;
    if (calls >= options.callsMax) return;
    const batch = takeBatch();
    if (batch.length > 0) {
      calls++;
      void call(batch).finally(() => {
        calls--;
        schedule();
        announceIdle();
      });
    }
    schedule();
    announceIdle();
  }

  function takeBatch() {
    const batch: Waiting<Row, Result>[] = [];
    let taken = 0;
    while (taken < queue.length && batch.length < options.rowsMax) {
      const waiting = queue[taken++];
      if (!waiting) continue;
      if (waiting.signal?.aborted) waiting.reject(waiting.signal.reason);
      else batch.push(waiting);
    }
    queue = taken === queue.length ? [] : queue.slice(taken);
    return batch;
  }

  /** Settles every promise of the batch and never rejects. */
  async function call(batch: readonly Waiting<Row, Result>[]): Promise<void> {
    let rows = batch;
    for (let attempt = 0; rows.length > 0; attempt++) {
      const startedAt = performance.now();
      try {
        const results = await options.run(rows.map((waiting) => waiting.row));
        options.onCall?.({ rows: rows.length, tookMs: performance.now() - startedAt });
        deliver(rows, results);
        return;
      } catch (error) {
        const fault = classifyDatabaseFault(error);
        if (fault === 'row') return bisect(rows, error);
        const now = Date.now();
        const mayRetry = (waiting: Waiting<Row, Result>) =>
          fault === 'again' ? attempt < raceRetriesMax : waiting.retryUntilMs > now;
        for (const waiting of rows) if (!mayRetry(waiting)) waiting.reject(options.toAwayError(error));
        rows = rows.filter(mayRetry);
        if (rows.length > 0) await pause(Math.min(retryFirstMs * 2 ** attempt, retryLongestMs));
      }
    }
  }

  /** One poisoned row must not fail its neighbours. */
  async function bisect(rows: readonly Waiting<Row, Result>[], error: unknown): Promise<void> {
    if (rows.length === 1) {
      rows[0]?.reject(error);
      return;
    }
    const middle = rows.length >> 1;
    await call(rows.slice(0, middle));
    await call(rows.slice(middle));
  }

  function deliver(rows: readonly Waiting<Row, Result>[], results: readonly Result[]) {
    rows.forEach((waiting, i) => {
      const result = results[i];
      if (result === undefined) waiting.reject(new Error('A grouped call returned no result for a row.'));
      else waiting.resolve(result);
    });
  }

  function announceIdle() {
    if (calls > 0 || queue.length > 0) return;
    for (const resolve of idleWaiters) resolve();
    idleWaiters = [];
  }

  return {
    submit,
    get depth() {
      return queue.length;
    },
    count: (isOfKind) => queue.filter((waiting) => isOfKind(waiting.row)).length,
    idle: () =>
      new Promise((resolve) => {
        idleWaiters.push(resolve);
        announceIdle();
      }),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
