import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '#server/platform/embedded-postgres/postmaster-pid.ts';
import { readJson, writeSecretJson } from './data-folder.ts';

export type Pids = Readonly<Record<string, number>>;

/** The processes of the running stack, by name: what the next start looks at if this one is killed. */
export const processesFile = (dataFolder: string) => path.join(dataFolder, 'processes.json');

export function recordProcesses(dataFolder: string, pids: Pids): void {
  writeSecretJson(processesFile(dataFolder), pids);
}

/** Ends services that outlived their supervisor. The database looks after its own. Returns the names of what it ended. */
export async function endLeftovers(dataFolder: string, root: string): Promise<string[]> {
  const recorded = (await readJson<Record<string, number>>(processesFile(dataFolder))) ?? {};
  const ours = Object.entries(recorded).filter(
    ([, pid]) => isAlive(pid) && commandLine(pid).includes(path.join(root, 'dist')),
  );
  for (const [, pid] of ours) send(pid, 'SIGTERM');
  await untilGone(ours, 3_000);
  for (const [, pid] of ours) if (isAlive(pid)) send(pid, 'SIGKILL');
  await untilGone(ours, 3_000);
  return ours.map(([name]) => name);
}

async function untilGone(
  processes: readonly (readonly [string, number])[],
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (processes.some(([, pid]) => isAlive(pid)) && Date.now() < deadline) await sleep(25);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended by itself.
  }
}

/** Numbers of processes are used again: what runs under this one now may be anyone's. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
