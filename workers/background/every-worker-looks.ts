import type { WorkerEvents } from 'graphile-worker';

/**
 * Settles once so many workers of the queue have looked for a job, and fails where they have not in time: one whose connection
 * is cut in the moment of its start looks never again, though the queue reports nothing.
 */
export function everyWorkerLooks(
  events: WorkerEvents,
  { workers, withinMs }: { workers: number; withinMs: number },
): Promise<void> {
  const seen = new Set<string>();
  return new Promise<void>((resolve, reject) => {
    const looked = ({ worker }: { worker: { workerId: string } }) => {
      seen.add(worker.workerId);
      if (seen.size >= workers) end(resolve);
    };
    const end = (settle: () => void) => {
      clearTimeout(late);
      events.off('worker:getJob:empty', looked);
      events.off('job:start', looked);
      settle();
    };
    const late = setTimeout(() => {
      const sentence = `${seen.size} of the queue's ${workers} workers looked for a job within ${withinMs} ms.`;
      end(() => reject(new Error(sentence)));
    }, withinMs);
    events.on('worker:getJob:empty', looked);
    events.on('job:start', looked);
  });
}
