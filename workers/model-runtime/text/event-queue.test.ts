import { describe, expect, it } from 'vitest';
import { createEventQueue } from './event-queue.ts';

describe('a queue of events', () => {
  it('is read in order, whether they were there before or come while it is read', async () => {
    const queue = createEventQueue<number>();
    queue.push(1);
    const read: number[] = [];
    const reading = (async () => {
      for await (const event of queue) read.push(event);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    queue.push(2);
    queue.push(3);
    queue.end();
    queue.push(4);
    await reading;
    expect(read).toEqual([1, 2, 3]);
  });

  it('gives what was pushed before it failed, then the failure', async () => {
    const queue = createEventQueue<number>();
    queue.push(1);
    queue.fail(new Error('The process ended.'));
    const read: number[] = [];
    const reading = (async () => {
      for await (const event of queue) read.push(event);
    })();
    await expect(reading).rejects.toThrow('The process ended.');
    expect(read).toEqual([1]);
  });
});
