import { EventEmitter } from 'node:events';
import type { WorkerEvents } from 'graphile-worker';
import { describe, expect, it } from 'vitest';
import { everyWorkerLooks } from './every-worker-looks.ts';

const look = (events: WorkerEvents, workerId: string, event: 'worker:getJob:empty' | 'job:start') =>
  (events as EventEmitter).emit(event, { worker: { workerId } });

describe('everyWorkerLooks', () => {
  it('settles when each of the workers has looked once, whether it found a job or not', async () => {
    const events: WorkerEvents = new EventEmitter();
    const looking = everyWorkerLooks(events, { workers: 2, withinMs: 10_000 });
    look(events, 'one', 'worker:getJob:empty');
    look(events, 'two', 'job:start');
    await looking;
    expect(events.listenerCount('job:start')).toBe(0);
  });

  it('fails where one of them never looks, however often the others do', async () => {
    const events: WorkerEvents = new EventEmitter();
    const looking = everyWorkerLooks(events, { workers: 2, withinMs: 30 });
    look(events, 'one', 'worker:getJob:empty');
    look(events, 'one', 'job:start');
    await expect(looking).rejects.toThrow('1 of the queue');
  });
});
