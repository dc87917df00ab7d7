import path from 'node:path';
import { build } from 'esbuild';
import { runLoad, startServer } from './bench-processes.ts';
import { cpuMsOf } from './cpu-time.ts';
import { generateApiKey } from '#server/domain/api-keys/key-format.ts';
const folder = path.resolve('.modelyard/bench');
await build({
  entryPoints: {
    stub: 'bench/try-stub.ts',
    'bare-hono': 'bench/servers/bare-hono.ts',
    'load-generator': 'bench/load-generator.ts',
  },
  outdir: folder,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
});
const key = generateApiKey('live').key;
for (const [name, opts] of [
  ['bare-hono', []],
  ['stub', ['--cpu-prof', '--cpu-prof-dir=/tmp/prof']],
  ['stub', []],
] as const) {
  const s = await startServer(path.join(folder, `${name}.js`), {}, [...opts]);
  const o = {
    port: s.port,
    path: '/v1/sentiment',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    bodies: [JSON.stringify({ input: 'The plot is thin, but the acting carries it.' })],
    connections: 64,
    durationMs: 3000,
  };
  await runLoad(path.join(folder, 'load-generator.js'), { ...o, durationMs: 1500 });
  const c = await cpuMsOf(s.pid);
  const r = await runLoad(path.join(folder, 'load-generator.js'), o);
  console.log(
    name,
    Math.round((r.answers / r.durationMs) * 1000),
    'rps; node us/req',
    ((((await cpuMsOf(s.pid)) - c) / r.answers) * 1000).toFixed(1),
    'failed',
    r.failed,
  );
  await s.stop();
}
