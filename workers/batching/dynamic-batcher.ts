import { fits, itemsForNextBatch } from './batch-policy.ts';
import {
  type Batcher,
  BatcherClosedError,
  BatcherFullError,
  type BatcherOptions,
  BatcherTimeoutError,
  MissingResultError,
  type SubmitOptions,
  type WaitMax,
} from './batcher.ts';
import { createFairQueue, type Job } from './fair-queue.ts';
import { createPace } from './pace.ts';

interface Request<Item, Result> extends Job<Item> {
  readonly queuedAt: number;
  readonly results: Result[];
  /** Batches that run with items of it. */
  readonly batches: Set<RunningBatch>;
  missing: number;
  over: boolean;
  readonly onBatch: SubmitOptions['onBatch'];
  fail(error: unknown): void;
  succeed(): void;
}

interface RunningBatch {
  /** Requests that still wait for an answer of it. */
  waiting: number;
  readonly controller: AbortController;
}

interface Slot<Item, Result> {
  readonly request: Request<Item, Result>;
  readonly index: number;
  readonly item: Item;
}

const onceOnly = { once: true } as const;

export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  const { policy, maxWaitMs = 0 } = options;
  const queue = createFairQueue<Item>();
  const pace = createPace(policy.parallelBatches);
  let running = 0;
  let scheduled = false;
  let lingering: NodeJS.Timeout | undefined;
  let lingered = false;
  let closed = false;
  let closeWaiters: (() => void)[] = [];

  function submit(items: readonly Item[], submitted: SubmitOptions) {
    const { lane, share = 1, signal, timeoutMs, waitMax, onBatch } = submitted;
    if (closed) return Promise.reject(new BatcherClosedError('The batcher is closed.'));
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (!hasRoom(lane, items.length)) {
      const waitMs = pace.msOf(queue.waitingItems);
      return Promise.reject(new BatcherFullError('Too many items wait for the model.', waitMs));
    }
    if (waitMax && waitsTooLong(lane, waitMax)) {
      const waitMs = pace.msOf(queue.itemsBefore(lane, waitMax.items));
      return Promise.reject(new BatcherFullError('What waits for the model would take too long.', waitMs));
    }
    return new Promise<readonly Result[]>((resolve, reject) => {
      const leave = () => request.fail(signal?.reason);
      const giveUp = () => request.fail(new BatcherTimeoutError('The model did not answer in time.'));
      let timer: NodeJS.Timeout | undefined;
      const end = () => {
        request.over = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
        for (const batch of request.batches) if (--batch.waiting === 0) batch.controller.abort();
      };
      const request: Request<Item, Result> = {
        lane,
        share,
        items,
        queuedAt: performance.now(),
        results: new Array<Result>(items.length),
        batches: new Set(),
        missing: items.length,
        over: false,
        onBatch,
        fail(error) {
          if (request.over) return;
          end();
          queue.remove(request);
          reject(error);
        },
        succeed() {
          end();
          resolve(request.results);
        },
      };
      if (items.length === 0) return request.succeed();
      signal?.addEventListener('abort', leave, onceOnly);
      if (timeoutMs !== undefined) timer = setTimeout(giveUp, timeoutMs);
      queue.add(request);
      schedule();
    });
  }

  /** What waits of one lane is only counted where all that waits is that much. */
  function hasRoom(lane: string, items: number): boolean {
    const { queueItemsMax, laneItemsMax = queueItemsMax } = options;
    const all = queue.waitingItems + items;
    return (
      all <= queueItemsMax && (all <= laneItemsMax || queue.waitingItemsOf(lane) + items <= laneItemsMax)
    );
  }

  /** What stands before it by turns is only counted where all that waits is too much. */
  function waitsTooLong(lane: string, { ms, items }: WaitMax): boolean {
    const mostMs = ms + pace.msOf(items);
    return pace.msOf(queue.waitingItems) > mostMs && pace.msOf(queue.itemsBefore(lane, items)) > mostMs;
  }

  /** Not at once: what comes in the same turn of the event loop goes together. */
  function schedule() {
    if (scheduled || running >= policy.parallelBatches || queue.waitingItems === 0) return;
    scheduled = true;
    setImmediate(dispatch);
  }

  function dispatch() {
    scheduled = false;
    while (running < policy.parallelBatches && queue.waitingItems > 0) {
      if (shouldLinger()) return linger();
      const slots = formBatch();
      start(slots, { isFull: queue.waitingItems > 0 && running + 1 === policy.parallelBatches });
    }
    lingered = false;
    announceClosed();
  }

  function shouldLinger() {
    return maxWaitMs > 0 && !lingered && !closed && queue.waitingItems < policy.itemsMax;
  }

  function linger() {
    lingering ??= setTimeout(() => {
      lingering = undefined;
      lingered = true;
      dispatch();
    }, maxWaitMs);
  }

  function formBatch(): Slot<Item, Result>[] {
    const target = itemsForNextBatch(policy, queue.waitingItems, running);
    const batch: Slot<Item, Result>[] = [];
    let weight = 0;
    while (batch.length < target) {
      const turn = queue.peek();
      if (!turn) break;
      const itemWeight = options.weightOf(turn.item);
      if (!fits(policy, { items: batch.length, weight }, itemWeight)) break;
      queue.take(turn);
      weight += itemWeight;
      batch.push({ request: turn.job as Request<Item, Result>, index: turn.index, item: turn.item });
    }
    return batch;
  }

  /** It is full where it left something behind although no other thread is free to take it. */
  function start(slots: readonly Slot<Item, Result>[], { isFull }: { readonly isFull: boolean }) {
    running++;
    const startedAt = performance.now();
    const waitedMs = startedAt - Math.min(...slots.map((slot) => slot.request.queuedAt));
    void answer(slots).then((isAnswered) => {
      running--;
      const endedAt = performance.now();
      if (isFull && isAnswered) pace.note(slots.length, endedAt - startedAt);
      options.onBatch?.({ items: slots.length, waitedMs, ranMs: endedAt - startedAt });
      tellRequests(slots, startedAt, endedAt);
      schedule();
      announceClosed();
    });
  }

  function tellRequests(slots: readonly Slot<Item, Result>[], startedAtMs: number, endedAtMs: number) {
    if (!slots.some((slot) => slot.request.onBatch)) return;
    for (const { onBatch, queuedAt } of new Set(slots.map((slot) => slot.request))) {
      onBatch?.({ queuedAtMs: queuedAt, startedAtMs, endedAtMs, items: slots.length });
    }
  }

  /** Answers every slot, one way or the other; never rejects. Whether the batch ran through. */
  async function answer(slots: readonly Slot<Item, Result>[]): Promise<boolean> {
    const failure = await attempt(slots);
    if (failure) await isolate(slots, failure.error);
    return failure === null;
  }

  /**
   * One bad item must not fail its neighbours: the half that it is in is halved again. If both halves fail it is the
   * model that fails, and trying each item by itself would only take longer to say so.
   */
  async function isolate(slots: readonly Slot<Item, Result>[], error: unknown): Promise<void> {
    const middle = slots.length >> 1;
    const [left, right] = [slots.slice(0, middle), slots.slice(middle)];
    const leftFailure = left.length > 0 ? await attempt(left) : { error };
    const rightFailure = left.length > 0 ? await attempt(right) : { error };
    if (leftFailure && rightFailure) {
      for (const slot of slots) slot.request.fail(rightFailure.error);
      return;
    }
    if (leftFailure) await isolate(left, leftFailure.error);
    if (rightFailure) await isolate(right, rightFailure.error);
  }

  async function attempt(slots: readonly Slot<Item, Result>[]): Promise<{ readonly error: unknown } | null> {
    const batch: RunningBatch = { waiting: 0, controller: new AbortController() };
    const live = slots.filter((slot) => !slot.request.over);
    if (live.length === 0) return null;
    for (const request of new Set(live.map((slot) => slot.request))) {
      batch.waiting++;
      request.batches.add(batch);
    }
    try {
      const results = await options.run(
        live.map((slot) => slot.item),
        batch.controller.signal,
      );
      forget(live, batch);
      live.forEach((slot, i) => deliver(slot, results[i]));
      return null;
    } catch (error) {
      forget(live, batch);
      return { error };
    }
  }

  /** It has ended, so there is nothing to stop any more. */
  function forget(slots: readonly Slot<Item, Result>[], batch: RunningBatch) {
    for (const slot of slots) slot.request.batches.delete(batch);
  }

  function deliver({ request, index }: Slot<Item, Result>, result: Result | undefined) {
    if (request.over) return;
    if (result === undefined) {
      request.fail(new MissingResultError('The model returned no result for an item.'));
      return;
    }
    request.results[index] = result;
    if (--request.missing === 0) request.succeed();
  }

  function announceClosed() {
    if (!closed || running > 0 || queue.waitingItems > 0) return;
    for (const resolve of closeWaiters) resolve();
    closeWaiters = [];
  }

  return {
    submit,
    get waitingItems() {
      return queue.waitingItems;
    },
    get runningBatches() {
      return running;
    },
    close() {
      closed = true;
      clearTimeout(lingering);
      lingering = undefined;
      schedule();
      return new Promise((resolve) => {
        closeWaiters.push(resolve);
        announceClosed();
      });
    },
  };
}
