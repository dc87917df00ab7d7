import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBareWriting } from './bare-writing.ts';
import type { BenchDatabase } from './bench-database.ts';
import { startServer } from './bench-processes.ts';
import { median } from './median.ts';
import { quantile } from './quantile.ts';
import { writingSampling, writingTask } from './writing-task.ts';
import { type Written, writtenOf } from './written.ts';

export interface WritingFigures {
  /** Of one answer at a time, of half as many as are written at once, and of all. */
  readonly rows: readonly [WritingRow, WritingRow, WritingRow];
}

export interface WritingRow {
  readonly streams: number;
  readonly floor: WritingSpeed;
  readonly gateway: WritingSpeed;
  /** Medians of the rounds' own ratios and differences. */
  readonly tokensToFloor: number;
  readonly addedFirstMs: number;
  readonly addedGapMs: number;
  readonly addedGapP99Ms: number;
}

export interface WritingSpeed {
  readonly tokensPerS: number;
  /** From the request to the first token. */
  readonly firstMs: number;
  /** From a token to the next one. */
  readonly gapMs: number;
  readonly gapP99Ms: number;
}

/** Sequences of an engine. */
const writtenAtOnce = 8;

/** Texts over HTTP, as streams, on one thread, against the bare engine on one thread. */
export async function measureWriting(
  folder: string,
  database: BenchDatabase,
  rounds: number,
): Promise<WritingFigures> {
  const bare = await openBareWriting(writingTask);
  const env = {
    DATABASE_URL: database.url,
    NODE_ENV: 'development',
    COMPUTE_THREADS: '1',
    TEXT_THREADS: '1',
  };
  const server = await startServer(path.join(folder, 'main.js'), env);
  try {
    while (!(await fetch(`http://127.0.0.1:${server.port}/readyz`)).ok) await sleep(20);
    const written = async (streams: number, round: number) => {
      const startedAt = performance.now();
      const read = Array.from({ length: streams }, (_, index) =>
        readStream(server.port, database.keys[0] ?? '', 100 * round + index),
      );
      return speedOf(writtenOf(startedAt, writingTask.tokens, await Promise.all(read)));
    };
    await written(1, 0);
    const rowOf = async (streams: number): Promise<WritingRow> => {
      const measured: { floor: WritingSpeed; gateway: WritingSpeed }[] = [];
      for (let round = 1; round <= rounds; round++)
        measured.push({ gateway: await written(streams, round), floor: speedOf(await bare(streams)) });
      return { streams, ...compared(measured) };
    };
    return { rows: [await rowOf(1), await rowOf(writtenAtOnce / 2), await rowOf(writtenAtOnce)] };
  } finally {
    await server.stop();
  }
}

function speedOf({ tokensPerS, firstMs, gapsMs }: Written): WritingSpeed {
  return {
    tokensPerS,
    firstMs: median(firstMs),
    gapMs: median(gapsMs),
    gapP99Ms: quantile(gapsMs, 0.99),
  };
}

function compared(
  measured: readonly { floor: WritingSpeed; gateway: WritingSpeed }[],
): Omit<WritingRow, 'streams'> {
  const medians = (name: 'floor' | 'gateway'): WritingSpeed => {
    const of = (field: keyof WritingSpeed) => median(measured.map((round) => round[name][field]));
    return {
      tokensPerS: of('tokensPerS'),
      firstMs: of('firstMs'),
      gapMs: of('gapMs'),
      gapP99Ms: of('gapP99Ms'),
    };
  };
  const added = (field: keyof WritingSpeed) =>
    median(measured.map(({ floor, gateway }) => gateway[field] - floor[field]));
  return {
    floor: medians('floor'),
    gateway: medians('gateway'),
    tokensToFloor: median(measured.map(({ floor, gateway }) => gateway.tokensPerS / floor.tokensPerS)),
    addedFirstMs: added('firstMs'),
    addedGapMs: added('gapMs'),
    addedGapP99Ms: added('gapP99Ms'),
  };
}

/** Reads an answer to its end; when its text grew. */
async function readStream(port: number, key: string, seed: number): Promise<readonly number[]> {
  const { temperature, topK, topP, logitBias } = writingSampling(seed);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/text/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [{ role: 'user', content: writingTask.prompt(seed) }],
      max_tokens: writingTask.tokens,
      temperature,
      top_k: topK,
      top_p: topP,
      seed,
      logit_bias: Object.fromEntries(logitBias),
      stream: true,
    }),
  });
  if (!answer.ok || !answer.body) throw new Error(`The gateway answered ${answer.status}.`);
  const grownAt: number[] = [];
  let text = '';
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const events = text.split('event: text\n').length - 1;
    while (grownAt.length < events) grownAt.push(performance.now());
  }
  return grownAt;
}
