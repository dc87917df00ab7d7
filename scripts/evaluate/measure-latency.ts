import { cpus } from 'node:os';
import type { TextInput } from '#workers/model-runtime/model-runtime.ts';

/** 14 tokens and the two special ones. */
const TEXT = 'the battery lasts all day but the screen is far too dark outside today';
const RUNS = 200;

/** One text at a time, tokenising included. */
export interface Latency {
  /** Processor time a text, which other work on the machine hardly changes. */
  readonly cpuMs: number;
  /** Median time on the clock, which it does. */
  readonly p50Ms: number;
  readonly tokens: number;
  readonly threads: number;
  readonly processor: string;
}

export async function measureLatency(
  run: (inputs: readonly TextInput[]) => Promise<readonly object[]>,
): Promise<Latency> {
  const input = { text: TEXT, truncate: false };
  const [first] = await run([input]);
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let turn = 0; turn < RUNS; turn++) {
    const startMs = performance.now();
    await run([input]);
    times.push(performance.now() - startMs);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  return {
    cpuMs: (user + system) / 1000 / RUNS,
    p50Ms: times[RUNS / 2] ?? Number.NaN,
    tokens: first && 'inputTokens' in first ? Number(first.inputTokens) + 2 : 0,
    threads: 1,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
  };
}
