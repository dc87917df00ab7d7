import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readyFileVariable } from './product.ts';

const startTimeoutMs = 300_000;
const stopTimeoutMs = 30_000;
const pollMs = 250;

/** The production build with the real gateway, model and PostgreSQL; or the one that runs, where its file is named. */
export default async function startProduct(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[readyFileVariable]) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'modelyard-browser-tests-'));
  const readyFile = path.join(folder, 'ready.json');
  const server = spawn(process.execPath, ['--import', 'tsx', 'scripts/e2e-server.ts', readyFile], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise<never>((_, reject) => {
    server.once('exit', (code) => reject(new Error(`The product ended before it was ready (${code}).`)));
  });
  ended.catch(() => {});
  await Promise.race([ended, appears(readyFile)]);
  process.env[readyFileVariable] = readyFile;

  return async () => {
    const stopped = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    server.kill('SIGTERM');
    const cut = setTimeout(() => server.kill('SIGKILL'), stopTimeoutMs);
    await stopped;
    clearTimeout(cut);
    await rm(folder, { recursive: true, force: true });
  };
}

async function appears(file: string): Promise<void> {
  const until = Date.now() + startTimeoutMs;
  while (!existsSync(file)) {
    if (Date.now() > until) throw new Error(`The product was not ready after ${startTimeoutMs / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
