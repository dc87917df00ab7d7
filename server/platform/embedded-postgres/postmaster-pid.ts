import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping`. */
  readonly status: string;
}

/** What PostgreSQL says of itself in its folder (see "postmaster.pid" in PostgreSQL's miscinit.h); it may be stale. */
export async function readPostmaster(folder: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(folder, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const lines = text?.split('\n').map((line) => line.trim());
  const pid = Number(lines?.[0]);
  if (!lines || !Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), status: lines[7] ?? 'starting' };
}

/** A server that outlived whoever started it: asks it to stop, and waits until it has. True if there was one. */
export async function stopLeftover(folder: string, timeoutMs = 20_000): Promise<boolean> {
  const left = await readPostmaster(folder);
  if (!left || !isPostgres(left.pid)) return false;
  await stopPostmaster(left.pid, timeoutMs);
  return true;
}

/** SIGINT is PostgreSQL's fast shutdown: connections are closed, all is written. SIGQUIT only if that takes too long. */
export async function stopPostmaster(pid: number, timeoutMs = 20_000): Promise<void> {
  if (!signal(pid, 'SIGINT')) return;
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) signal(pid, 'SIGQUIT');
    await sleep(20);
  }
}

export function isAlive(pid: number): boolean {
  if (!signal(pid, 0)) return false;
  return !isZombie(pid);
}

/** Its parent is gone or has not looked yet: it runs no more. */
function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/, ''));
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    // EPERM: it is there, and someone else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM' && name === 0;
  }
}

/** The number may have been given to another program since. */
function isPostgres(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  try {
    const name =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/comm`, 'utf8')
        : execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
    return name.includes('postgres');
  } catch {
    return false;
  }
}
