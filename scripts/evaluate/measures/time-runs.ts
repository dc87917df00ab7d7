import { cpus } from 'node:os';

/** Of one run, by many that follow each other. */
export interface RunTimes {
  /** Processor time, which other work on the machine hardly changes. */
  readonly cpuMs: number;
  /** Median time on the clock, which it does. */
  readonly p50Ms: number;
  readonly processor: string;
}

export async function timeRuns(runs: number, run: (index: number) => Promise<unknown>): Promise<RunTimes> {
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let index = 0; index < runs; index++) {
    const startMs = performance.now();
    await run(index);
    times.push(performance.now() - startMs);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  return {
    cpuMs: (user + system) / 1000 / runs,
    p50Ms: times[Math.floor(runs / 2)] ?? Number.NaN,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
  };
}
