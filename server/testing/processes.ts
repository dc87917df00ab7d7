import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

export interface StartProcessOptions {
  readonly databaseUrl: string;
  /** 0 or none: any that is free. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each piece of what the process prints. */
  readonly onOutput?: (text: string) => void;
  readonly startTimeoutMs?: number;
}

export interface TestProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** Sends the signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGTERM: as a platform stops it. */
  stop(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '../..');

/** The real gateway, as a process of its own, once it is ready for traffic. */
export function startInference(options: StartProcessOptions): Promise<TestProcess> {
  return startProcess('workers/inference/main.ts', options);
}

export function startBackground(options: StartProcessOptions): Promise<TestProcess> {
  return startProcess('workers/background/main.ts', options);
}

async function startProcess(entry: string, options: StartProcessOptions): Promise<TestProcess> {
  const port = options.port || (await freePort());
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, entry)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_ENV: 'test',
      DATABASE_URL: options.databaseUrl,
      MODELYARD_SECRET: 'a secret of the tests, 32 characters or more',
      HOST: '127.0.0.1',
      PORT: String(port),
      ...options.env,
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      options.onOutput?.(chunk.toString());
    });
  }
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await exited;
  };
  try {
    await untilReady(child, url, options.startTimeoutMs ?? 20_000);
  } catch (error) {
    await kill('SIGKILL');
    throw new Error(`${entry} did not become ready. It printed:\n${printed.slice(-4_000)}`, { cause: error });
  }
  return { url, process: child, output: () => printed, kill, stop: () => kill('SIGTERM') };
}

async function untilReady(child: ChildProcess, url: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended');
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await sleep(25);
  }
  throw new Error(`not ready after ${timeoutMs} ms`);
}
