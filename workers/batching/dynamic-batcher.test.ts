import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  BatcherClosedError,
  BatcherFullError,
  type BatcherOptions,
  BatcherTimeoutError,
  MissingResultError,
} from './batcher.ts';
import { createBatcher } from './dynamic-batcher.ts';

/** A model that answers in upper case when its gate is opened. */
function slowModel() {
  const batches: string[][] = [];
  const signals: AbortSignal[] = [];
  let open: (() => void)[] = [];
  return {
    batches,
    signals,
    run: (items: readonly string[], signal: AbortSignal) => {
      batches.push([...items]);
      signals.push(signal);
      return new Promise<string[]>((resolve) => open.push(() => resolve(items.map((t) => t.toUpperCase()))));
    },
    async finishAll() {
      while (open.length > 0) {
        const now = open;
        open = [];
        for (const finish of now) finish();
        await turn();
      }
    },
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
const policy = { itemsMax: 4, weightMax: 100, parallelBatches: 1 };
const batcher = (options: Partial<BatcherOptions<string, string>> = {}) =>
  createBatcher<string, string>({
    policy,
    queueItemsMax: 1_000,
    weightOf: (item) => item.length,
    run: async (items) => items.map((item) => item.toUpperCase()),
    ...options,
  });
const a = { lane: 'a' };

describe('createBatcher', () => {
  it('runs a lone item at once', async () => {
    expect(await batcher().submit(['x'], a)).toEqual(['X']);
  });

  it('groups what comes in one turn, and what comes while the model is busy', async () => {
    const model = slowModel();
    const { submit } = batcher({ run: model.run });
    const answers = [submit(['a'], a), submit(['b'], { lane: 'b' })];
    await turn();
    answers.push(submit(['c'], a), submit(['d'], a));
    await model.finishAll();
    expect((await Promise.all(answers)).flat()).toEqual(['A', 'B', 'C', 'D']);
    expect(model.batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('closes a batch that is full of items or of weight', async () => {
    const model = slowModel();
    const { submit } = batcher({
      run: model.run,
      policy: { itemsMax: 3, weightMax: 10, parallelBatches: 1 },
    });
    const answer = submit(['1', '2', '3', '4', '55555555', '666', 'a'.repeat(50)], a);
    await turn();
    await model.finishAll();
    expect(model.batches.map((batch) => batch.length)).toEqual([3, 2, 1, 1]);
    expect(await answer).toHaveLength(7);
  });

  it('splits a great request over batches and lets others between them', async () => {
    const model = slowModel();
    const { submit } = batcher({ run: model.run });
    const great = submit(
      Array.from({ length: 256 }, (_, i) => `g${i}`),
      a,
    );
    await turn();
    const small = submit(['s'], { lane: 'b' });
    await turn();
    expect(model.batches).toHaveLength(1);
    void model.finishAll();
    await small;
    expect(model.batches[1]).toContain('s');
    expect(await great).toEqual(Array.from({ length: 256 }, (_, i) => `G${i}`));
  });

  it('shares the waiting items evenly among free threads', async () => {
    const model = slowModel();
    const { submit } = batcher({
      run: model.run,
      policy: { itemsMax: 64, weightMax: 1e6, parallelBatches: 2 },
    });
    const answers = Array.from({ length: 10 }, (_, i) => submit([`${i}`], a));
    await turn();
    expect(model.batches.map((batch) => batch.length)).toEqual([5, 5]);
    await model.finishAll();
    await Promise.all(answers);
  });

  it('takes an aborted request out of the queue', async () => {
    const model = slowModel();
    const made = batcher({ run: model.run });
    const first = made.submit(['a'], a);
    await turn();
    const leaving = new AbortController();
    const left = made.submit(['b'], { ...a, signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(made.waitingItems).toBe(0);
    await model.finishAll();
    expect(await first).toEqual(['A']);
    expect(model.batches).toEqual([['a']]);
  });

  it('stops a running batch once nobody waits for it, and not before', async () => {
    const model = slowModel();
    const { submit } = batcher({ run: model.run });
    const [one, two] = [new AbortController(), new AbortController()];
    const answers = Promise.allSettled([
      submit(['a'], { ...a, signal: one.signal }),
      submit(['b'], { ...a, signal: two.signal }),
    ]);
    await turn();
    one.abort();
    expect(model.signals[0]?.aborted).toBe(false);
    two.abort();
    expect(model.signals[0]?.aborted).toBe(true);
    expect((await answers).map((answer) => answer.status)).toEqual(['rejected', 'rejected']);
    await model.finishAll();
  });

  it('gives up after its time, and stops the model', async () => {
    const model = slowModel();
    const { submit } = batcher({ run: model.run });
    await expect(submit(['a'], { ...a, timeoutMs: 150 })).rejects.toBeInstanceOf(BatcherTimeoutError);
    expect(model.signals[0]?.aborted).toBe(true);
    await model.finishAll();
  });

  it('fails one bad item alone', async () => {
    const run = vi.fn(async (items: readonly string[]) => {
      if (items.includes('bad')) throw new Error('crashed');
      return items.map((item) => item.toUpperCase());
    });
    const { submit } = batcher({ run });
    const answers = await Promise.allSettled(['a', 'bad', 'c', 'd'].map((item) => submit([item], a)));
    expect(answers.map((answer) => answer.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });

  it('gives up after both halves when the model itself fails', async () => {
    const run = vi.fn(async () => {
      throw new Error('down');
    });
    const { submit } = batcher({ run });
    const answers = await Promise.allSettled(['a', 'b', 'c', 'd'].map((item) => submit([item], a)));
    expect(answers.every((answer) => answer.status === 'rejected')).toBe(true);
    expect(run).toHaveBeenCalledTimes(3);
  });

  it('fails a lone item after one run', async () => {
    const run = vi.fn(async () => {
      throw new Error('down');
    });
    await expect(batcher({ run }).submit(['a'], a)).rejects.toThrow('down');
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('takes a missing result for an error', async () => {
    const { submit } = batcher({ run: async (items) => items.slice(1).map((item) => item) });
    const answers = await Promise.allSettled([submit(['a'], a), submit(['b'], a)]);
    expect(answers[0]).toMatchObject({ status: 'fulfilled', value: ['b'] });
    expect(answers[1]).toMatchObject({ status: 'rejected', reason: expect.any(MissingResultError) });
  });

  it('leaves room for others when one lane has filled its part', async () => {
    const { submit } = batcher({ queueItemsMax: 6, laneItemsMax: 4 });
    const flood = submit(['a', 'b', 'c', 'd'], a);
    await expect(submit(['e'], a)).rejects.toBeInstanceOf(BatcherFullError);
    const other = submit(['f', 'g'], { lane: 'other' });
    await expect(submit(['h'], { lane: 'third' })).rejects.toBeInstanceOf(BatcherFullError);
    expect([await flood, await other]).toEqual([
      ['A', 'B', 'C', 'D'],
      ['F', 'G'],
    ]);
  });

  it('bounds what waits', async () => {
    const { submit } = batcher({ queueItemsMax: 2 });
    const fine = submit(['a', 'b'], a);
    await expect(submit(['c'], a)).rejects.toBeInstanceOf(BatcherFullError);
    expect(await fine).toEqual(['A', 'B']);
  });

  it('refuses what would wait too long by the pace of its full batches; before one it refuses nobody', async () => {
    const run = async (items: readonly string[]) => {
      await sleep(20);
      return [...items];
    };
    const made = batcher({ run });
    const some = (count: number, lane: string, ms: number) =>
      made.submit(
        Array.from({ length: count }, (_, i) => `${i}`),
        { lane, waitMax: { ms, items: count } },
      );
    const answers = [some(20, 'a', 0), some(20, 'a', 0), some(20, 'a', 0)];
    await vi.waitFor(() => expect(made.waitingItems).toBeLessThanOrEqual(52), {
      timeout: 10_000,
      interval: 5,
    });
    const refused = await some(20, 'a', 0).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BatcherFullError);
    expect((refused as BatcherFullError).waitMs).toBeGreaterThan(100);
    answers.push(some(20, 'a', 10_000), some(1, 'b', 0), some(1, 'a', 50));
    expect((await Promise.all(answers)).map(({ length }) => length)).toEqual([20, 20, 20, 20, 1, 1]);
  });

  it('drains on close and refuses what comes after', async () => {
    const model = slowModel();
    const made = batcher({ run: model.run });
    const answer = made.submit(['a', 'b', 'c', 'd', 'e'], a);
    const closed = made.close();
    await expect(made.submit(['late'], a)).rejects.toBeInstanceOf(BatcherClosedError);
    await turn();
    await model.finishAll();
    expect(await answer).toHaveLength(5);
    await closed;
  });

  describe('with a wait', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it('runs a batch that is not full when its time is over', async () => {
      const run = vi.fn(async (items: readonly string[]) => [...items]);
      const { submit } = batcher({ run, maxWaitMs: 5 });
      const answers = [submit(['a'], a)];
      await turn();
      answers.push(submit(['b'], a));
      await turn();
      expect(run).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(5);
      await Promise.all(answers);
      expect(run).toHaveBeenCalledTimes(1);
    });

    it('runs a full batch without waiting', async () => {
      const { submit } = batcher({ maxWaitMs: 60_000 });
      expect(await submit(['a', 'b', 'c', 'd'], a)).toHaveLength(4);
    });

    it('does not wait once it is closed', async () => {
      const made = batcher({ maxWaitMs: 60_000 });
      const answer = made.submit(['a'], a);
      await turn();
      await made.close();
      expect(await answer).toEqual(['A']);
    });
  });
});
