import path from 'node:path';
import { startBenchDatabase } from './bench-database.ts';
import { bundleTo, runLoad, startServer } from './bench-processes.ts';
const folder = path.resolve('.modelyard/bench');
await bundleTo(folder);
const db = await startBenchDatabase(1);
const server = await startServer(
  path.join(folder, 'main.js'),
  {
    DATABASE_URL: db.url,
    INFERENCE_RUNTIME: 'fake',
    NODE_ENV: 'development',
    WEB_URL: 'http://localhost:3000',
  },
  ['--cpu-prof', '--cpu-prof-dir=/tmp/prof'],
);
await db.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements').catch(() => {});
const o = (ms: number) => ({
  port: server.port,
  path: '/v1/sentiment',
  headers: { authorization: `Bearer ${db.keys[0]}`, 'content-type': 'application/json' },
  bodies: [JSON.stringify({ input: 'The plot is thin, but the acting carries it.' })],
  connections: 64,
  durationMs: ms,
});
console.log(await runLoad(path.join(folder, 'load-generator.js'), o(5000)));
const m = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
console.log(
  m
    .split('\n')
    .filter((l) => /metering_(seconds|rows)_(sum|count)|stage_seconds_(sum|count)/.test(l))
    .join('\n'),
);
await server.stop();
await db.stop();
