import { readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';

const bytesMax = 10 * 1024 * 1024;

/** A log that has grown is put aside when its process is not running; the one put aside before is dropped. */
export async function rotateLogs(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (name.endsWith('.log') && (await stat(file)).size > bytesMax) await rename(file, `${file}.1`);
  }
}
