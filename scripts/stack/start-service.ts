import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from './supervise.ts';

export interface ServiceOptions {
  readonly name: string;
  readonly root: string;
  /** Below dist/. */
  readonly entry: string;
  readonly nodeFlags?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly port: number;
  readonly host: string;
  readonly logFile: string;
  readonly readyTimeoutMs?: number;
  /** Between SIGTERM and SIGKILL. */
  readonly stopTimeoutMs?: number;
  readonly onSpawn?: (pid: number) => void;
}

/** A process of the product, once `/readyz` answers. It ends with us, whatever ends us. */
export async function startService(options: ServiceOptions): Promise<Running> {
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeFlags ?? []),
      '--enable-source-maps',
      '--import',
      new URL('./end-with-parent.mjs', import.meta.url).href,
      path.join(options.root, 'dist', options.entry),
    ],
    {
      cwd: options.root,
      env: { ...options.environment, PORT: String(options.port), HOST: options.host },
      stdio: ['pipe', log, log],
      // Ctrl-C in the terminal reaches us alone: we stop things in their order.
      detached: process.platform !== 'win32',
    },
  );
  closeSync(log);
  child.stdin?.on('error', () => {});
  if (child.pid) options.onSpawn?.(child.pid);
  let end: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  void ended.then((how) => {
    end = how;
  });

  async function stop(): Promise<void> {
    if (end !== undefined) return;
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), options.stopTimeoutMs ?? 20_000);
    await ended;
    clearTimeout(kill);
  }

  const deadline = Date.now() + (options.readyTimeoutMs ?? 60_000);
  while (!(await isReady(`http://${urlHost(options.host)}:${options.port}/readyz`))) {
    if (end !== undefined)
      throw new Error(`${options.name} ended (${end}). ${await lastWords(options.logFile)}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`${options.name} was not ready in time. ${await lastWords(options.logFile)}`);
    }
    await sleep(40);
  }
  return { pid: child.pid ?? 0, ended, stop };
}

/** Where to knock: a server that listens everywhere is asked on the loopback. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );
}

async function lastWords(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-12);
  return `The end of ${logFile}:\n${lines.join('\n')}`;
}
