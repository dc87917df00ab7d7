import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitPassages } from '#scripts/models/prose-passages.ts';
import { dataFolder, MissingDataError } from '#scripts/models/sentiment-data.ts';

/** A passage, and the one that follows it, as long. */
export interface PassagePair {
  readonly passage: string;
  readonly next: string;
}

/** From places that lie evenly over each novel, so that no two pairs touch. */
export function passagePairs(novels: readonly string[], words: number, placesANovel: number): PassagePair[] {
  return novels.flatMap((novel) => {
    const passages = splitPassages(novel, words);
    const step = Math.floor(passages.length / placesANovel);
    if (step < 3) return [];
    return Array.from({ length: placesANovel }, (_, place) => {
      const at = Math.floor((place + 0.5) * step);
      return { passage: passages[at] ?? '', next: passages[at + 1] ?? '' };
    });
  });
}

/** Needs tar and xz. */
export function readNovels(): string[] {
  const archive = join(dataFolder(), 'text', 'english-novels.tar.xz');
  if (!existsSync(archive)) {
    throw new MissingDataError(
      `${archive} is not there. Set DATA_DIR to the folder that holds text/english-novels.tar.xz.`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'novels-'));
  try {
    execFileSync('tar', ['-xJf', archive, '-C', folder]);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.txt'),
    );
    return files.toSorted().map((file) => readFileSync(join(folder, file), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
