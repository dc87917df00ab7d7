import { describe, expect, it } from 'vitest';
import { createFairQueue, type FairQueue, type Job } from './fair-queue.ts';

const job = (lane: string, items: readonly string[], share = 1): Job<string> => ({ lane, share, items });

function takeAll(queue: FairQueue<string>): string[] {
  const taken: string[] = [];
  for (let turn = queue.peek(); turn; turn = queue.peek()) {
    taken.push(turn.item);
    queue.take(turn);
  }
  return taken;
}

describe('createFairQueue', () => {
  it('takes lanes in turn, whoever came first with however much', () => {
    const queue = createFairQueue<string>();
    queue.add(job('a', ['a1', 'a2', 'a3']));
    queue.add(job('b', ['b1']));
    queue.add(job('c', ['c1', 'c2']));
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    expect(queue.waitingItems).toBe(0);
  });

  it('takes the jobs of one lane in turn', () => {
    const queue = createFairQueue<string>();
    queue.add(job('a', ['big1', 'big2', 'big3']));
    queue.add(job('a', ['small']));
    expect(takeAll(queue)).toEqual(['big1', 'small', 'big2', 'big3']);
  });

  it('gives a lane with a greater share more items a turn', () => {
    const queue = createFairQueue<string>();
    queue.add(job('a', ['a1', 'a2', 'a3', 'a4'], 2));
    queue.add(job('b', ['b1', 'b2']));
    expect(takeAll(queue)).toEqual(['a1', 'a2', 'b1', 'a3', 'a4', 'b2']);
  });

  it('forgets what is left of a job that is removed', () => {
    const queue = createFairQueue<string>();
    const leaving = job('a', ['a1', 'a2', 'a3']);
    queue.add(leaving);
    queue.add(job('b', ['b1']));
    const turn = queue.peek();
    if (turn) queue.take(turn);
    queue.remove(leaving);
    expect(queue.waitingItems).toBe(1);
    expect(takeAll(queue)).toEqual(['b1']);
    queue.remove(leaving);
    expect(queue.waitingItems).toBe(0);
  });

  it('says how much of others is taken before what would be added, by the length of a turn at most too much', () => {
    const queue = createFairQueue<string>();
    queue.add(job('a', ['a1', 'a2', 'a3']));
    queue.add(job('a', ['a4']));
    queue.add(job('b', ['b1', 'b2', 'b3', 'b4', 'b5']));
    for (const [lane, items] of [
      ['a', 1],
      ['a', 2],
      ['a', 9],
      ['b', 1],
      ['b', 2],
      ['c', 1],
      ['c', 3],
    ] as const) {
      const said = queue.itemsBefore(lane, items);
      const added = Array.from({ length: items }, (_, i) => `new${i}`);
      const again = createFairQueue<string>();
      again.add(job('a', ['a1', 'a2', 'a3']));
      again.add(job('a', ['a4']));
      again.add(job('b', ['b1', 'b2', 'b3', 'b4', 'b5']));
      again.add(job(lane, added));
      const taken = takeAll(again);
      const before = taken.indexOf(added.at(-1) ?? '') - (items - 1);
      // Whose turn it is when it comes makes a difference of one to each that waits.
      expect(said).toBeGreaterThanOrEqual(before);
      expect(said).toBeLessThanOrEqual(before + 2);
    }
  });
});
