import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inferenceNodeFlags } from '#scripts/stack/inference-node-flags.ts';
import type { BenchDatabase } from './bench-database.ts';
import { runLoad, startServer } from './bench-processes.ts';
import { median } from './median.ts';

export interface SoakFigures {
  readonly minutes: number;
  readonly ratePerSecond: number;
  readonly answers: number;
  readonly failed: number;
  /** Rows of the ledger less answers that the client counted. */
  readonly ledgerLessAnswers: number;
  readonly p99Ms: number;
  /** Resident memory of the gateway: medians of the second and of the last fifth. */
  readonly memoryMiB: { readonly early: number; readonly late: number };
}

const CONNECTIONS = 48;
const SHARE_OF_MOST = 0.8;
const WARM_UP_MS = 10_000;
const SAMPLE_MS = 2_000;

/** The gateway at 80 % of what it answers at most, for minutes: whether memory, errors and ledger stay as they should. */
export async function soak(folder: string, database: BenchDatabase, minutes: number): Promise<SoakFigures> {
  const env = { DATABASE_URL: database.url, INFERENCE_RUNTIME: 'fake', NODE_ENV: 'development' };
  const server = await startServer(path.join(folder, 'main.js'), env, inferenceNodeFlags);
  const load = (durationMs: number, ratePerSecond?: number) =>
    runLoad(path.join(folder, 'load-generator.js'), {
      port: server.port,
      path: '/v1/sentiment',
      keys: database.keys.slice(0, 1),
      contentType: 'application/json',
      bodies: [JSON.stringify({ input: 'The plot is thin, but the acting carries it.' })],
      connections: CONNECTIONS,
      durationMs,
      ratePerSecond,
    });
  const ledger = async () => {
    const { rows } = await database.query('SELECT count(*)::int AS rows FROM usage_records');
    return (rows[0] as { rows: number }).rows;
  };
  try {
    await load(WARM_UP_MS);
    const most = await load(WARM_UP_MS);
    const ratePerSecond = (SHARE_OF_MOST * most.answers * 1_000) / most.durationMs;
    const before = await ledger();
    const memory: number[] = [];
    let over = false;
    const watching = (async () => {
      while (!over) {
        memory.push(await residentMiB(server.pid));
        await sleep(SAMPLE_MS);
      }
    })();
    const report = await load(minutes * 60_000, ratePerSecond);
    over = true;
    await watching;
    const fifth = Math.floor(memory.length / 5);
    return {
      minutes,
      ratePerSecond,
      answers: report.answers,
      failed: report.failed,
      ledgerLessAnswers: (await ledger()) - before - report.answers,
      p99Ms: report.p99Ms,
      memoryMiB: { early: median(memory.slice(fifth, 2 * fifth)), late: median(memory.slice(-fifth)) },
    };
  } finally {
    await server.stop();
  }
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1_024;
}
