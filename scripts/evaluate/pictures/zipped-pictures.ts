import { existsSync, readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { MissingDataError } from '#scripts/models/data-folder.ts';

export interface LabelledPicture {
  /** The folder that it lies in. */
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** `perClass` pictures of each class folder below `split/`, by name, of a ZIP like CIFAR-10's. */
export function readZippedPictures(file: string, split: string, perClass: number): LabelledPicture[] {
  if (!existsSync(file)) {
    throw new MissingDataError(
      `${file} is not there. Set DATA_DIR to the folder that holds images/cifar10.zip.`,
    );
  }
  const taken = new Map<string, number>();
  const wanted = (name: string) => {
    const [folder, label, picture] = name.split('/');
    if (folder !== split || !label || !picture?.endsWith('.jpg')) return false;
    const count = taken.get(label) ?? 0;
    taken.set(label, count + 1);
    return count < perClass;
  };
  const files = unzipSync(readFileSync(file), { filter: ({ name }) => wanted(name) });
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bytes]) => ({ label: name.split('/')[1] ?? '', bytes }));
}
