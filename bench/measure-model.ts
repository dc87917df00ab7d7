import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BareLoopSpeed,
  type BareSubject,
  measureBareLoop,
} from '#workers/model-runtime/onnx/bare/bare-loop.ts';
import { openBareSession } from '#workers/model-runtime/onnx/bare/bare-session.ts';
import type { BenchDatabase } from './bench-database.ts';
import { type BenchServer, runLoad, startServer } from './bench-processes.ts';
import { cpuMsOfFamily } from './cpu-time.ts';
import { median } from './median.ts';

/** A model, what it is asked, and how that is sent. */
export interface ModelSubject extends Asked {
  readonly bare: BareSubject;
}

interface Asked {
  readonly path: string;
  readonly contentType: string;
  readonly bodies: readonly (string | Buffer)[];
}

/** What the server that INSERTs a row is asked. */
const ROW: Asked = {
  path: '/v1/sentiment',
  contentType: 'application/json',
  bodies: [JSON.stringify({ input: 'It works.' })],
};

export interface ModelFigures {
  readonly gatewayPerSecond: number;
  readonly concurrency: number;
  /** One loop at its best batch and threads. */
  readonly loop: FloorFigures;
  /** A single-threaded loop for each core, at their best batch: more than one loop makes of the machine. */
  readonly loops: FloorFigures;
  /** At concurrency 1: the model alone, one committed INSERT over HTTP, the gateway with it, and what it adds to the model. */
  readonly aloneModelMs: number;
  readonly aloneInsertMs: number;
  readonly aloneGatewayMs: number;
  readonly aloneAddedMs: number;
  readonly aloneToModel: number;
}

export interface FloorFigures {
  readonly shape: LoopShape;
  readonly perSecond: number;
  /** Median of the rounds' own ratios. */
  readonly itemsTo: number;
  /** Processor time of gateway, model and PostgreSQL together, to the floor's. */
  readonly cpuTo: number;
}

export interface LoopShape {
  readonly batchItems: number;
  readonly processes: number;
  readonly threads: number;
}

const concurrency = 32;
const warmUpMs = 2_000;
const probeMs = 1_000;
const batches = [1, 8, 16, 32];

/** A model behind the gateway, against a bare loop of what prepares its inputs and of its sessions. */
export async function measureModel(
  folder: string,
  database: BenchDatabase,
  subject: ModelSubject,
  {
    rounds,
    roundMs,
    threads,
  }: { readonly rounds: number; readonly roundMs: number; readonly threads: number },
): Promise<ModelFigures> {
  const bareLoop = (shape: LoopShape, durationMs: number) =>
    measureBareLoop({ subject: subject.bare, ...shape, durationMs });
  const cores = Array.from({ length: threads }, (_, i) => i + 1);
  const shapes = {
    loop: await bestShape(
      cores.flatMap((each) => batches.map((batchItems) => ({ batchItems, processes: 1, threads: each }))),
      bareLoop,
    ),
    loops: await bestShape(
      batches.map((batchItems) => ({ batchItems, processes: threads, threads: 1 })),
      bareLoop,
    ),
  };
  const env = { DATABASE_URL: database.url, NODE_ENV: 'development', COMPUTE_THREADS: String(threads) };
  const server = await startServer(path.join(folder, 'main.js'), env);
  const insert = await startServer(path.join(folder, 'insert-hono.js'), env);
  const ask = ({ port }: BenchServer, what: Asked, connections: number, durationMs: number) =>
    runLoad(path.join(folder, 'load-generator.js'), {
      port,
      path: what.path,
      keys: database.keys.slice(0, 1),
      contentType: what.contentType,
      bodies: what.bodies,
      connections,
      durationMs,
    });
  const load = (connections: number, durationMs: number) => ask(server, subject, connections, durationMs);
  try {
    await untilReady(server.port);
    await load(concurrency, warmUpMs);
    const cpuMs = async () =>
      (await cpuMsOfFamily(server.pid)) + (await cpuMsOfFamily(database.postmasterPid));
    const measured: Record<'loop' | 'loops' | 'gateway', BareLoopSpeed>[] = [];
    for (let i = 0; i < rounds; i++) {
      const before = await cpuMs();
      const report = await load(concurrency, roundMs);
      measured.push({
        gateway: {
          itemsPerS: (report.answers / report.durationMs) * 1_000,
          cpuS: ((await cpuMs()) - before) / report.answers,
        },
        loop: await bareLoop(shapes.loop, roundMs),
        loops: await bareLoop(shapes.loops, roundMs),
      });
    }
    await ask(insert, ROW, concurrency, warmUpMs);
    const alone: { model: number; insert: number; gateway: number }[] = [];
    for (let i = 0; i < rounds; i++) {
      alone.push({
        insert: (await ask(insert, ROW, 1, roundMs)).p50Ms,
        gateway: (await load(1, roundMs)).p50Ms,
        model: await aloneModelMs(subject.bare, roundMs),
      });
    }
    const floor = (name: 'loop' | 'loops'): FloorFigures => ({
      shape: shapes[name],
      perSecond: median(measured.map((round) => round[name].itemsPerS)),
      itemsTo: median(measured.map((round) => round.gateway.itemsPerS / round[name].itemsPerS)),
      cpuTo: median(measured.map((round) => round.gateway.cpuS / round[name].cpuS)),
    });
    return {
      concurrency,
      gatewayPerSecond: median(measured.map((round) => round.gateway.itemsPerS)),
      loop: floor('loop'),
      loops: floor('loops'),
      aloneModelMs: median(alone.map((round) => round.model)),
      aloneInsertMs: median(alone.map((round) => round.insert)),
      aloneGatewayMs: median(alone.map((round) => round.gateway)),
      aloneAddedMs: median(alone.map((round) => round.gateway - round.model)),
      aloneToModel: median(alone.map((round) => round.gateway / round.model)),
    };
  } finally {
    await Promise.all([server.stop(), insert.stop()]);
  }
}

async function bestShape(
  shapes: readonly LoopShape[],
  bareLoop: (shape: LoopShape, durationMs: number) => Promise<BareLoopSpeed>,
): Promise<LoopShape> {
  let best: { readonly shape: LoopShape; readonly itemsPerS: number } | undefined;
  for (const shape of shapes) {
    const { itemsPerS } = await bareLoop(shape, probeMs);
    if (!best || itemsPerS > best.itemsPerS) best = { shape, itemsPerS };
  }
  if (!best) throw new Error('There is no loop to measure.');
  return best.shape;
}

/** Median time of one, prepared and classified in this process. */
async function aloneModelMs(subject: BareSubject, durationMs: number): Promise<number> {
  const session = await openBareSession(subject);
  const times: number[] = [];
  const endsAt = performance.now() + durationMs;
  for (let i = 0; performance.now() < endsAt; i++) {
    const startedAt = performance.now();
    await session.run([subject.items[i % subject.items.length]]);
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

async function untilReady(port: number): Promise<void> {
  while (!(await fetch(`http://127.0.0.1:${port}/readyz`)).ok) await sleep(20);
}
