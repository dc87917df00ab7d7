import type { TextInput } from '#workers/model-runtime/model-runtime.ts';
import { type RunTimes, timeRuns } from '../measures/time-runs.ts';

/** 14 tokens and the two special ones. */
const TEXT = 'the battery lasts all day but the screen is far too dark outside today';
const RUNS = 200;

/** One text at a time, tokenising included. */
export interface Latency extends RunTimes {
  readonly tokens: number;
  readonly threads: number;
}

export async function measureLatency(
  run: (inputs: readonly TextInput[]) => Promise<readonly object[]>,
): Promise<Latency> {
  const input = { text: TEXT, truncate: false };
  const [first] = await run([input]);
  const { cpuMs, p50Ms, processor } = await timeRuns(RUNS, () => run([input]));
  const tokens = first && 'inputTokens' in first ? Number(first.inputTokens) + 2 : 0;
  return { cpuMs, p50Ms, tokens, threads: 1, processor };
}
