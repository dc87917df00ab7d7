import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBareWriting } from './bare-writing.ts';
import type { BenchDatabase } from './bench-database.ts';
import { startServer } from './bench-processes.ts';
import { median } from './median.ts';
import { writingSampling, writingTask } from './writing-task.ts';

export interface WritingFigures {
  /** For one answer at a time, and for eight. */
  readonly rows: readonly {
    readonly streams: number;
    readonly floorTokensPerS: number;
    readonly gatewayTokensPerS: number;
    /** Median of the rounds' own ratios. */
    readonly tokensToFloor: number;
  }[];
  /** Of one stream at a time: from the request to the first byte of text. */
  readonly firstTokenMs: number;
}

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
    const stream = (index: number, round: number) =>
      readStream(server.port, database.keys[0] ?? '', index, round);
    await stream(0, 0);
    const rows: WritingFigures['rows'][number][] = [];
    const firstMs: number[] = [];
    for (const streams of [1, 8]) {
      const measured: { floor: number; gateway: number }[] = [];
      for (let round = 1; round <= rounds; round++) {
        const startedAt = performance.now();
        const read = await Promise.all(Array.from({ length: streams }, (_, index) => stream(index, round)));
        const gateway = (streams * writingTask.tokens * 1_000) / (performance.now() - startedAt);
        if (streams === 1) firstMs.push(...read);
        measured.push({ gateway, floor: await bare(streams) });
      }
      rows.push({
        streams,
        floorTokensPerS: median(measured.map(({ floor }) => floor)),
        gatewayTokensPerS: median(measured.map(({ gateway }) => gateway)),
        tokensToFloor: median(measured.map(({ floor, gateway }) => gateway / floor)),
      });
    }
    return { rows, firstTokenMs: median(firstMs) };
  } finally {
    await server.stop();
  }
}

/** Reads an answer to its end; milliseconds until its first text. */
async function readStream(port: number, key: string, index: number, round: number): Promise<number> {
  const { temperature, topK, topP, seed, logitBias } = writingSampling(100 * round + index);
  const startedAt = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/v1/text/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [{ role: 'user', content: writingTask.prompt(100 * round + index) }],
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
  let firstMs = Number.NaN;
  const decoder = new TextDecoder();
  for await (const bytes of answer.body) {
    const isText = decoder.decode(bytes as Uint8Array, { stream: true }).includes('"text"');
    if (isText && Number.isNaN(firstMs)) firstMs = performance.now() - startedAt;
  }
  return firstMs;
}
