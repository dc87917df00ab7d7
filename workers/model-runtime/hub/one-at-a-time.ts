import { mkdir, open, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const BEAT_MS = 5_000;
/** Whoever held the lock and has not said that it lives for so long is gone. */
const STALE_MS = 30_000;

/** Processes that name the same lock file do `work` one after the other, also if one of them dies in the middle. */
export async function oneAtATime<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await mkdir(path.dirname(lock), { recursive: true });
  while (!(await take(lock))) await wait(250);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => {});
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const found = await stat(lock).catch(() => null);
  if (found && Date.now() - found.mtimeMs > STALE_MS) await rm(lock, { force: true });
  return false;
}
