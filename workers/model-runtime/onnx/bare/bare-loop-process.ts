import type { BareLoop, BareLoopSpeed } from './bare-loop.ts';
import { openBareSession } from './bare-session.ts';

process.once('message', async ({ subject, batchItems, threads, durationMs }: BareLoop) => {
  const session = await openBareSession(subject, threads);
  const batch = (start: number) =>
    Array.from({ length: batchItems }, (_, index) => subject.items[(start + index) % subject.items.length]);
  for (let warmUp = 0; warmUp < 3; warmUp++) await session.run(batch(0));
  const startMs = performance.now();
  const before = process.cpuUsage();
  let answered = 0;
  while (performance.now() - startMs < durationMs) {
    await session.run(batch(answered));
    answered += batchItems;
  }
  const itemsPerS = (answered * 1000) / (performance.now() - startMs);
  const { user, system } = process.cpuUsage(before);
  process.send?.({ itemsPerS, cpuS: (user + system) / 1000 / answered } satisfies BareLoopSpeed);
  process.disconnect?.();
});
