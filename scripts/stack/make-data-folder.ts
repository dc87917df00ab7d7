import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** The folder with its parents, for its owner alone; or a sentence that says why not. */
export function makeDataFolder(folder: string): void {
  try {
    const existing = nearestExisting(folder);
    if (!statSync(existing).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(existing, constants.W_OK | constants.X_OK);
    makeBelow(existing, folder);
  } catch (error) {
    throw unwritableDataFolder(folder, error);
  }
}

export function unwritableDataFolder(folder: string, cause: unknown): Error {
  const { code } = cause as NodeJS.ErrnoException;
  return new Error(
    `The data folder ${folder} can't be written (${code}). Make it writable, or set DATA_DIR_MODELYARD to a folder that is.`,
    { cause },
  );
}

function nearestExisting(folder: string): string {
  for (let candidate = folder; ; candidate = path.dirname(candidate)) {
    if (statSync(candidate, { throwIfNoEntry: false })) return candidate;
    if (candidate === path.dirname(candidate)) return candidate;
  }
}

/**
 * One folder after the other. `recursive` would not end below /proc: there mkdir answers ENOENT though the parent is
 * there, which Node takes for a parent to be made first, for ever.
 */
function makeBelow(existing: string, folder: string): void {
  let made = existing;
  for (const name of path.relative(existing, folder).split(path.sep).filter(Boolean)) {
    made = path.join(made, name);
    try {
      mkdirSync(made, { mode: 0o700 });
    } catch (error) {
      // Another start may have made it in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
