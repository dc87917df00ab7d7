import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, MissingDataError } from '../data-folder.ts';

export function readProse(name: string): string {
  const file = join(dataFolder(), 'text', name);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new MissingDataError(`${file} is not there. Set DATA_DIR to the folder that holds text/${name}.`);
}

/** Passages of so many words each, one after the other; a rest that is shorter is left out. */
export function splitPassages(text: string, words: number): string[] {
  const all = text.split(/\s+/).filter((word) => word !== '');
  return Array.from({ length: Math.floor(all.length / words) }, (_, at) =>
    all.slice(at * words, (at + 1) * words).join(' '),
  );
}
