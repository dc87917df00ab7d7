import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder, MissingDataError } from '../data-folder.ts';

export interface Novel {
  /** `Eliot_Adam_1859.txt` */
  readonly file: string;
  /** A paragraph a line. */
  readonly text: string;
}

/** English novels in the public domain, by the names of their files. Needs tar and xz. */
export function readNovels(): Novel[] {
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
    return files.toSorted().map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
