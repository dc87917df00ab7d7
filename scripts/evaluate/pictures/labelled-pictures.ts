import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { unzipSync } from 'fflate';
import type { ImageClass } from '#workers/model-runtime/model-runtime.ts';
import { EvaluationError } from '../evaluation-error.ts';

export interface EvaluationPicture {
  /** What stands above the class folder (`test`), else `all`. */
  readonly source: string;
  /** Position among the model's classes. */
  readonly label: number;
  readonly path: string;
  read(): Uint8Array;
}

const ZIP = 'PK';
const PICTURE = /\.(jpe?g|png|webp|avif|gif)$/i;
/** What macOS puts beside the files of a ZIP, under their names: none of it is a picture. */
const BESIDE = /(^|\/)(__MACOSX\/|\._)/;
const PICTURE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * A ZIP or a folder of class folders: each picture's folder is its class, by its words or its WordNet id. Words that several
 * classes have name none of them.
 */
export function readEvaluationPictures(data: string, classes: readonly ImageClass[]): EvaluationPicture[] {
  if (!existsSync(data)) throw new EvaluationError(`${data} is not there.`);
  const files = statSync(data).isDirectory() ? filesBelow(data) : filesOfZip(data);
  const labels = new Map<string, number>();
  const several = new Set<string>();
  classes.forEach(({ label, wordnetId }, index) => {
    if (labels.has(label)) several.add(label);
    labels.set(label, index);
    if (wordnetId) labels.set(wordnetId, index);
  });
  for (const label of several) labels.delete(label);
  const pictures = files.map(({ path, read }) => {
    const folders = path.split('/').slice(0, -1);
    const name = folders.at(-1) ?? '';
    const label = labels.get(name) ?? labels.get(name.replaceAll('_', ' '));
    if (label === undefined) {
      throw new EvaluationError(
        `${data}: "${name}" (${path}) is no class of the model, neither by its words nor by its WordNet id.`,
      );
    }
    return { source: folders.slice(0, -1).join('/') || 'all', label, path, read };
  });
  if (pictures.length === 0) throw new EvaluationError(`${data} has no pictures in class folders.`);
  return pictures;
}

interface PictureFile {
  readonly path: string; // with slashes
  read(): Uint8Array;
}

function filesBelow(folder: string): PictureFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: relative(folder, file).split(sep).join('/'), read: () => readFileSync(file) }))
    .filter(({ path }) => isPicture(path));
}

function filesOfZip(file: string): PictureFile[] {
  const bytes = readFileSync(file);
  if (bytes.subarray(0, 2).toString('latin1') !== ZIP) {
    throw new EvaluationError(`${file} is neither a folder nor a ZIP.`);
  }
  const found = unzipped(file, bytes);
  return Object.entries(found)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => ({ path, read: () => content }));
}

function unzipped(file: string, bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (!isPicture(name)) return false;
        if (originalSize <= PICTURE_BYTES_MAX) return true;
        throw new EvaluationError(
          `${file}: ${name} has ${originalSize} bytes; up to ${PICTURE_BYTES_MAX} are read.`,
        );
      },
    });
  } catch (cause) {
    if (cause instanceof EvaluationError) throw cause;
    throw new EvaluationError(`${file} is damaged, or no ZIP that can be read.`, { cause });
  }
}

function isPicture(path: string): boolean {
  return PICTURE.test(path) && !BESIDE.test(path);
}
