import { readdir, readFile } from 'node:fs/promises';

/** proc(5): utime, stime and those of children that were waited for, in clock ticks of 10 ms. */
const msPerTick = 10;

interface ProcessTimes {
  readonly parent: number;
  readonly ownMs: number;
  readonly childrenMs: number;
}

/** CPU time of a process with all its threads. */
export async function cpuMsOf(pid: number): Promise<number> {
  return (await readTimes(pid))?.ownMs ?? 0;
}

/** CPU time of a process and its children, those that have ended included: PostgreSQL with its backends. */
export async function cpuMsOfFamily(pid: number): Promise<number> {
  const root = await readTimes(pid);
  if (!root) return 0;
  let total = root.ownMs + root.childrenMs;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const times = await readTimes(Number(entry));
    if (times?.parent === pid) total += times.ownMs;
  }
  return total;
}

async function readTimes(pid: number): Promise<ProcessTimes | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name in brackets may hold spaces; the fields after it are counted from 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (field: number) => Number(fields[field - 3] ?? 0);
  return {
    parent: ticks(4),
    ownMs: (ticks(14) + ticks(15)) * msPerTick,
    childrenMs: (ticks(16) + ticks(17)) * msPerTick,
  };
}
