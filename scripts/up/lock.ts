import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '#server/platform/embedded-postgres/postmaster-pid.ts';
import { commandLine } from '../stack/leftovers.ts';
import { makeDataFolder, unwritableDataFolder } from '../stack/make-data-folder.ts';

/** One start at a time on a data folder. What is returned lets go of it. */
export function lockDataFolder(dataFolder: string): () => void {
  makeDataFolder(dataFolder);
  const file = path.join(dataFolder, 'up.lock');
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritableDataFolder(dataFolder, error);
    }
    const holder = Number(read(file));
    if (holder > 0 && isAlive(holder) && /node|tsx/.test(commandLine(holder)) && holder !== process.pid) {
      throw new Error(
        `This checkout is already up, or is starting (process ${holder}). Stop that one with Ctrl-C or: kill ${holder}`,
      );
    }
    if (attempt > 3) throw new Error(`The lock ${file} can't be taken. Remove it and start again.`);
    // Of a start that was killed.
    rmSync(file, { force: true });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
