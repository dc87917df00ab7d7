import path from 'node:path';
import { inferenceNodeFlags } from '#scripts/stack/inference-node-flags.ts';
import type { BenchDatabase } from './bench-database.ts';
import { type BenchServer, runLoad, startServer } from './bench-processes.ts';
import { cpuMsOf, cpuMsOfFamily } from './cpu-time.ts';
import { median } from './median.ts';

export interface ServerFigures {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** CPU seconds a thousand requests. */
  readonly nodeCpu: number;
  readonly postgresCpu: number;
}

export interface GatewayFigures {
  readonly connections: number;
  readonly bare: ServerFigures;
  readonly insert: ServerFigures;
  readonly gateway: ServerFigures;
  /** The same connections, shared by many workspaces with a key each. */
  readonly customers: number;
  readonly ofCustomers: ServerFigures;
  /** Medians of the rounds' own ratios: both sides of each were measured seconds apart. */
  readonly requestsToBare: number;
  readonly requestsToInsert: number;
  readonly cpuToInsert: number;
}

interface Round {
  readonly bare: ServerFigures;
  readonly insert: ServerFigures;
  readonly gateway: ServerFigures;
  readonly ofCustomers: ServerFigures;
}

const connections = 64;
/** Until V8 has compiled what is hot; it has more to compile of the gateway than of the floors. */
const warmUpMs = 6_000;

/** The gateway with a model that does nothing, against the floors, in alternating rounds. */
export async function measureGateway(
  folder: string,
  database: BenchDatabase,
  { rounds, roundMs }: { readonly rounds: number; readonly roundMs: number },
): Promise<GatewayFigures> {
  const env = {
    DATABASE_URL: database.url,
    INFERENCE_RUNTIME: 'fake',
    NODE_ENV: 'development',
    WEB_URL: 'http://localhost:3000',
  };
  const start = (name: string) => startServer(path.join(folder, name), env, inferenceNodeFlags);
  const servers = {
    bare: await start('bare-hono.js'),
    insert: await start('insert-hono.js'),
    gateway: await start('main.js'),
  };
  const first = database.keys.slice(0, 1);
  const measure = (server: BenchServer, durationMs: number, keys: readonly string[] = first) =>
    measureServer(folder, server, database, { durationMs, keys });
  try {
    for (const server of Object.values(servers)) await measure(server, warmUpMs);
    await measure(servers.gateway, roundMs, database.keys);
    const measured: Round[] = [];
    for (let i = 0; i < rounds; i++) {
      measured.push({
        bare: await measure(servers.bare, roundMs),
        gateway: await measure(servers.gateway, roundMs),
        insert: await measure(servers.insert, roundMs),
        ofCustomers: await measure(servers.gateway, roundMs, database.keys),
      });
    }
    return { ...summary(measured), customers: database.keys.length };
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}

async function measureServer(
  folder: string,
  server: BenchServer,
  database: BenchDatabase,
  { durationMs, keys }: { readonly durationMs: number; readonly keys: readonly string[] },
): Promise<ServerFigures> {
  const [node, postgres] = [await cpuMsOf(server.pid), await cpuMsOfFamily(database.postmasterPid)];
  const report = await runLoad(path.join(folder, 'load-generator.js'), {
    port: server.port,
    path: '/v1/sentiment',
    keys,
    contentType: 'application/json',
    bodies: [JSON.stringify({ input: 'The plot is thin, but the acting carries it.' })],
    connections,
    durationMs,
  });
  if (report.failed > 0) throw new Error(`${report.failed} of ${report.answers} requests failed.`);
  const thousands = report.answers / 1_000;
  return {
    requestsPerSecond: (report.answers / report.durationMs) * 1_000,
    p50Ms: report.p50Ms,
    p95Ms: report.p95Ms,
    nodeCpu: ((await cpuMsOf(server.pid)) - node) / 1_000 / thousands,
    postgresCpu: ((await cpuMsOfFamily(database.postmasterPid)) - postgres) / 1_000 / thousands,
  };
}

function summary(rounds: readonly Round[]): Omit<GatewayFigures, 'customers'> {
  const ratio = (of: (round: Round) => number) => median(rounds.map(of));
  const cpu = (figures: ServerFigures) => figures.nodeCpu + figures.postgresCpu;
  return {
    connections,
    bare: medians(rounds.map((round) => round.bare)),
    insert: medians(rounds.map((round) => round.insert)),
    gateway: medians(rounds.map((round) => round.gateway)),
    ofCustomers: medians(rounds.map((round) => round.ofCustomers)),
    requestsToBare: ratio(({ gateway, bare }) => gateway.requestsPerSecond / bare.requestsPerSecond),
    requestsToInsert: ratio(({ gateway, insert }) => gateway.requestsPerSecond / insert.requestsPerSecond),
    cpuToInsert: ratio(({ gateway, insert }) => cpu(gateway) / cpu(insert)),
  };
}

function medians(figures: readonly ServerFigures[]): ServerFigures {
  const of = (field: keyof ServerFigures) => median(figures.map((figure) => figure[field]));
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p95Ms: of('p95Ms'),
    nodeCpu: of('nodeCpu'),
    postgresCpu: of('postgresCpu'),
  };
}
