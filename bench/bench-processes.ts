import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { freePort } from '#server/testing/free-port.ts';
import type { LoadOrders, LoadReport } from './load-generator.ts';

const root = path.resolve(import.meta.dirname, '..');

/** As the product's build does it, so that no process compiles while it is measured. */
export async function bundleTo(folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'workers/inference/main.ts',
      'compute-thread': 'workers/model-runtime/onnx/compute-thread.ts',
      'text-process': 'workers/model-runtime/llama-cpp/text-process.ts',
      'bare-hono': 'bench/servers/bare-hono.ts',
      'insert-hono': 'bench/servers/insert-hono.ts',
      'load-generator': 'bench/load-generator.ts',
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    logLevel: 'error',
  });
}

/** A gateway does not start without one; no file is sealed under it. */
export const benchSecret = 'a secret of the benchmark, 32 characters or more';

export interface BenchServer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startServer(
  file: string,
  env: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<BenchServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [...nodeOptions, file], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, MODELYARD_SECRET: benchSecret, ...env, HOST: '127.0.0.1', PORT: String(port) },
  });
  await untilListening(port, child);
  return { pid: child.pid ?? 0, port, stop: () => stop(child) };
}

/** Bodies are sent in turn. They go through files: some are pictures. */
export async function runLoad(
  generator: string,
  { bodies, ...orders }: Omit<LoadOrders, 'bodyFiles'> & { readonly bodies: readonly (string | Buffer)[] },
): Promise<LoadReport> {
  const parent = await mkdtemp(path.join(tmpdir(), 'modelyard-bench-bodies-'));
  try {
    const bodyFiles = bodies.map((_, index) => path.join(parent, `${index}`));
    await Promise.all(bodies.map((body, index) => writeFile(bodyFiles[index] as string, body)));
    const child = spawn(process.execPath, [generator, JSON.stringify({ ...orders, bodyFiles })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`The load generator ended with ${code}.`);
    return JSON.parse(printed) as LoadReport;
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    await sleep(10);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
