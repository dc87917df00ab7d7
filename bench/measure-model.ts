import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BareLoopSpeed, measureBareLoop } from '#workers/model-runtime/onnx/bare-loop.ts';
import { openBareSession } from '#workers/model-runtime/onnx/bare-session.ts';
import type { BenchDatabase } from './bench-database.ts';
import { runLoad, startServer } from './bench-processes.ts';
import { cpuMsOfFamily } from './cpu-time.ts';
import { median } from './median.ts';
import { texts } from './texts.ts';

export interface ModelFigures {
  /** The floor's best: which batch, in how many single-threaded processes. */
  readonly floor: { readonly batchTexts: number; readonly processes: number };
  readonly floorTextsPerSecond: number;
  readonly gatewayTextsPerSecond: number;
  readonly concurrency: number;
  /** Median of the rounds' own ratios. */
  readonly textsToFloor: number;
  /** Processor time of gateway, model and PostgreSQL together, to the floor's. */
  readonly cpuToFloor: number;
  /** At concurrency 1: the model alone, the gateway with it, and the difference. */
  readonly aloneModelMs: number;
  readonly aloneGatewayMs: number;
  readonly aloneAddedMs: number;
  readonly aloneToModel: number;
}

const concurrency = 32;
const warmUpMs = 2_000;
const probeMs = 1_500;

/** The sentiment model behind the gateway, against a bare loop of its tokeniser and its sessions. */
export async function measureModel(
  folder: string,
  database: BenchDatabase,
  {
    rounds,
    roundMs,
    threads,
  }: { readonly rounds: number; readonly roundMs: number; readonly threads: number },
): Promise<ModelFigures> {
  const model = path.resolve('workers/models/sentiment');
  const bareLoop = (batchTexts: number, processes: number, durationMs: number) =>
    measureBareLoop({ folder: model, texts, batchTexts, processes, durationMs });
  const floor = await bestFloor(threads, bareLoop);
  const env = { DATABASE_URL: database.url, NODE_ENV: 'development', COMPUTE_THREADS: String(threads) };
  const server = await startServer(path.join(folder, 'main.js'), env);
  const load = (connections: number, durationMs: number) =>
    runLoad(path.join(folder, 'load-generator.js'), {
      port: server.port,
      path: '/v1/sentiment',
      headers: { authorization: `Bearer ${database.keys[0]}`, 'content-type': 'application/json' },
      bodies: texts.map((input) => JSON.stringify({ input })),
      connections,
      durationMs,
    });
  try {
    await untilReady(server.port);
    await load(concurrency, warmUpMs);
    const cpuMs = async () =>
      (await cpuMsOfFamily(server.pid)) + (await cpuMsOfFamily(database.postmasterPid));
    const measured: { floor: BareLoopSpeed; gateway: BareLoopSpeed }[] = [];
    for (let i = 0; i < rounds; i++) {
      const before = await cpuMs();
      const report = await load(concurrency, roundMs);
      measured.push({
        gateway: {
          textsPerS: (report.answers / report.durationMs) * 1_000,
          cpuS: ((await cpuMs()) - before) / report.answers,
        },
        floor: await bareLoop(floor.batchTexts, floor.processes, roundMs),
      });
    }
    const alone: { model: number; gateway: number }[] = [];
    for (let i = 0; i < rounds; i++) {
      alone.push({ gateway: (await load(1, roundMs)).p50Ms, model: await aloneModelMs(model, roundMs) });
    }
    return {
      floor,
      concurrency,
      floorTextsPerSecond: median(measured.map((round) => round.floor.textsPerS)),
      gatewayTextsPerSecond: median(measured.map((round) => round.gateway.textsPerS)),
      textsToFloor: median(measured.map((round) => round.gateway.textsPerS / round.floor.textsPerS)),
      cpuToFloor: median(measured.map((round) => round.gateway.cpuS / round.floor.cpuS)),
      aloneModelMs: median(alone.map((round) => round.model)),
      aloneGatewayMs: median(alone.map((round) => round.gateway)),
      aloneAddedMs: median(alone.map((round) => round.gateway - round.model)),
      aloneToModel: median(alone.map((round) => round.gateway / round.model)),
    };
  } finally {
    await server.stop();
  }
}

async function bestFloor(
  threads: number,
  bareLoop: (batchTexts: number, processes: number, durationMs: number) => Promise<BareLoopSpeed>,
) {
  let best = { batchTexts: 1, processes: 1, textsPerS: 0 };
  for (const batchTexts of [1, 8, 16, 32]) {
    const { textsPerS } = await bareLoop(batchTexts, threads, probeMs);
    if (textsPerS > best.textsPerS) best = { batchTexts, processes: threads, textsPerS };
  }
  return { batchTexts: best.batchTexts, processes: best.processes };
}

/** Median time of one text, tokenised and classified in this process. */
async function aloneModelMs(model: string, durationMs: number): Promise<number> {
  const session = await openBareSession(model);
  const times: number[] = [];
  const endsAt = performance.now() + durationMs;
  for (let i = 0; performance.now() < endsAt; i++) {
    const startedAt = performance.now();
    await session.run([texts[i % texts.length] ?? '']);
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

async function untilReady(port: number): Promise<void> {
  while (!(await fetch(`http://127.0.0.1:${port}/readyz`)).ok) await sleep(20);
}
