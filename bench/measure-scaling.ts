import path from 'node:path';
import { inferenceNodeFlags } from '#scripts/stack/inference-node-flags.ts';
import type { BenchDatabase } from './bench-database.ts';
import { type BenchServer, runLoad, startServer } from './bench-processes.ts';
import { cpuMsOf, cpuMsOfFamily } from './cpu-time.ts';
import { median } from './median.ts';

export interface ScalingFigures {
  /** Processor time of gateways and PostgreSQL for a request, three gateways to one: the same connections, shared by three. */
  readonly cpuOfThreeToOne: number;
  /** The same where three serve three times the connections, which is what more gateways are for. */
  readonly cpuOfThreeTimesTheLoad: number;
  /** Answers a second of two gateways to one, of a model that sleeps 10 ms. */
  readonly sleepingTwoToOne: number;
  /** 99th percentile at half of what a gateway answers at most, less the bare server's at the same rate. */
  readonly addedP99Ms: number;
  /** What the machine makes of servers that only INSERT a row for each request: their part in what more gateways cost and add. */
  readonly floor: Pick<ScalingFigures, 'cpuOfThreeTimesTheLoad' | 'addedP99Ms'>;
}

const SLEEP_MS = 10;
/** So few that the sleep decides, not the processor. */
const SLEEPING_CONNECTIONS = 8;
const CONNECTIONS = 48;
const WARM_UP_MS = 4_000;

export async function measureScaling(
  folder: string,
  database: BenchDatabase,
  { rounds, roundMs }: { readonly rounds: number; readonly roundMs: number },
): Promise<ScalingFigures> {
  const env = { DATABASE_URL: database.url, INFERENCE_RUNTIME: 'fake', NODE_ENV: 'development' };
  const start = (name: string, latencyMs = 0) => {
    const own = { ...env, FAKE_RUNTIME_LATENCY_MS: String(latencyMs) };
    return startServer(path.join(folder, name), own, inferenceNodeFlags);
  };
  const gateways = await Promise.all([0, 1, 2].map(() => start('main.js')));
  const sleeping = await Promise.all([0, 1].map(() => start('main.js', SLEEP_MS)));
  const inserts = await Promise.all([0, 1, 2].map(() => start('insert-hono.js')));
  const bare = await start('bare-hono.js');
  const all = [...gateways, ...sleeping, ...inserts, bare];
  const load = (server: BenchServer, connections: number, durationMs: number, ratePerSecond?: number) =>
    runLoad(path.join(folder, 'load-generator.js'), {
      port: server.port,
      path: '/v1/sentiment',
      keys: database.keys.slice(0, 1),
      contentType: 'application/json',
      bodies: [JSON.stringify({ input: 'The plot is thin, but the acting carries it.' })],
      connections,
      durationMs,
      ratePerSecond,
    });
  const cpuMs = async (servers: readonly BenchServer[]) =>
    (await Promise.all(servers.map(({ pid }) => cpuMsOf(pid)))).reduce((sum, ms) => sum + ms, 0) +
    (await cpuMsOfFamily(database.postmasterPid));
  const cpuOfARequest = async (servers: readonly BenchServer[], connectionsEach: number) => {
    const before = await cpuMs(servers);
    const reports = await Promise.all(servers.map((server) => load(server, connectionsEach, roundMs)));
    const answers = reports.reduce((sum, report) => sum + report.answers, 0);
    return ((await cpuMs(servers)) - before) / answers;
  };
  const perSecond = async (servers: readonly BenchServer[]) => {
    const reports = await Promise.all(servers.map((server) => load(server, SLEEPING_CONNECTIONS, roundMs)));
    return reports.reduce((sum, { answers, durationMs }) => sum + (answers * 1_000) / durationMs, 0);
  };
  const [one] = gateways as [BenchServer];
  const [sleeper] = sleeping as [BenchServer];
  const [insert] = inserts as [BenchServer];
  try {
    for (const server of all) await load(server, CONNECTIONS, WARM_UP_MS);
    const measured: ScalingFigures[] = [];
    for (let round = 0; round < rounds; round++) {
      const [single, sharing, thrice] = [
        await cpuOfARequest([one], CONNECTIONS),
        await cpuOfARequest(gateways, CONNECTIONS / gateways.length),
        await cpuOfARequest(gateways, CONNECTIONS),
      ];
      const [insertSingle, insertThrice] = [
        await cpuOfARequest([insert], CONNECTIONS),
        await cpuOfARequest(inserts, CONNECTIONS),
      ];
      const [alone, two] = [await perSecond([sleeper]), await perSecond(sleeping)];
      const { answers, durationMs } = await load(one, CONNECTIONS, roundMs);
      const half = (answers * 500) / durationMs;
      const [withGateway, without, withInsert] = [
        await load(one, CONNECTIONS, roundMs, half),
        await load(bare, CONNECTIONS, roundMs, half),
        await load(insert, CONNECTIONS, roundMs, half),
      ];
      measured.push({
        cpuOfThreeToOne: sharing / single,
        cpuOfThreeTimesTheLoad: thrice / single,
        sleepingTwoToOne: two / alone,
        addedP99Ms: withGateway.p99Ms - without.p99Ms,
        floor: {
          cpuOfThreeTimesTheLoad: insertThrice / insertSingle,
          addedP99Ms: withInsert.p99Ms - without.p99Ms,
        },
      });
    }
    const of = (field: Exclude<keyof ScalingFigures, 'floor'>) =>
      median(measured.map((figures) => figures[field]));
    const ofFloor = (field: keyof ScalingFigures['floor']) =>
      median(measured.map(({ floor }) => floor[field]));
    return {
      cpuOfThreeToOne: of('cpuOfThreeToOne'),
      cpuOfThreeTimesTheLoad: of('cpuOfThreeTimesTheLoad'),
      sleepingTwoToOne: of('sleepingTwoToOne'),
      addedP99Ms: of('addedP99Ms'),
      floor: {
        cpuOfThreeTimesTheLoad: ofFloor('cpuOfThreeTimesTheLoad'),
        addedP99Ms: ofFloor('addedP99Ms'),
      },
    };
  } finally {
    await Promise.all(all.map((server) => server.stop()));
  }
}
