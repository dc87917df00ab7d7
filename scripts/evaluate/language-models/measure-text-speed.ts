import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { LlamaTextGenerator } from '#workers/model-runtime/llama-cpp/load-text-generator.ts';
import type { GenerationInput } from '#workers/model-runtime/text-generator.ts';
import type { TextMetrics } from '../cards/text-metrics.ts';

const TOKENS = 128;
const STREAMS = [1, 8] as const;
const ROUNDS = 3;

/** Answers of a fixed length, by so many at once, on one thread: the best of some rounds, since neighbours only slow down. */
export async function measureTextSpeed(generator: LlamaTextGenerator): Promise<TextMetrics['speed']> {
  const streams: { streams: number; tokensPerS: number }[] = [];
  let firstTokenMs = Number.POSITIVE_INFINITY;
  for (const count of STREAMS) {
    let best = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const startMs = performance.now();
      const first = await Promise.all(Array.from({ length: count }, (_, seed) => write(generator, seed)));
      best = Math.max(best, (count * TOKENS * 1000) / (performance.now() - startMs));
      if (count === 1) firstTokenMs = Math.min(firstTokenMs, first[0] as number);
    }
    streams.push({ streams: count, tokensPerS: best });
  }
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    streams,
    firstTokenMs,
    residentBytes: residentBytes(generator.pid() as number),
  };
}

/** Milliseconds until its first token. */
async function write(generator: LlamaTextGenerator, seed: number): Promise<number> {
  const startMs = performance.now();
  let firstMs = Number.NaN;
  for await (const event of generator.generate(story(seed), {
    lane: 'evaluation',
    signal: new AbortController().signal,
  })) {
    if (event.kind === 'text' && Number.isNaN(firstMs)) firstMs = performance.now() - startMs;
  }
  return firstMs;
}

/** Tokens that end a text are banned, so that every answer has the same length. */
function story(seed: number): GenerationInput {
  return {
    prompt: { kind: 'chat', messages: [{ role: 'user', content: `Write story ${seed} about a fox.` }] },
    truncate: false,
    outputTokensMax: TOKENS,
    choices: 1,
    sampling: {
      temperature: 0.8,
      topP: 0.95,
      topK: 40,
      minP: 0,
      seed,
      repetitionPenalty: 1,
      presencePenalty: 0,
      frequencyPenalty: 0,
      logitBias: [
        [0, -100],
        [2, -100],
      ],
    },
    stop: [],
    logprobs: null,
    format: { kind: 'text' },
  };
}

/** Of a process, as Linux counts it; 0 elsewhere. */
function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}
