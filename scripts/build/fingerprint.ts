import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Names that never are sources: what is installed, built, downloaded or measured. */
const ignored = new Set([
  'node_modules',
  '.git',
  '.next',
  'dist',
  '.modelyard',
  'generated',
  'models',
  'test-results',
]);

/** A digest of files and folders, given relative to the root: what is built from them is new when it differs. */
export async function fingerprint(root: string, sources: readonly string[]): Promise<string> {
  const files = (await Promise.all(sources.map((source) => filesIn(root, source)))).flat().sort();
  const hash = createHash('sha256').update(process.version);
  for (const file of files) {
    hash.update(`${file}\0`).update(await readFile(path.join(root, file)));
  }
  return hash.digest('hex');
}

async function filesIn(root: string, source: string): Promise<string[]> {
  const entry = await stat(path.join(root, source)).catch(() => undefined);
  if (!entry) return [];
  if (entry.isFile()) return [source];
  const children = await readdir(path.join(root, source), { withFileTypes: true });
  const kept = children.filter((child) => !ignored.has(child.name) && !/\.test\.tsx?$/.test(child.name));
  return (await Promise.all(kept.map((child) => filesIn(root, path.join(source, child.name))))).flat();
}

/** What each step was last built from, kept beside what was built. */
export async function readStamp(root: string, step: string): Promise<string | undefined> {
  return readFile(stampFile(root, step), 'utf8').catch(() => undefined);
}

export async function writeStamp(root: string, step: string, digest: string): Promise<void> {
  await mkdir(path.dirname(stampFile(root, step)), { recursive: true });
  await writeFile(stampFile(root, step), digest);
}

function stampFile(root: string, step: string): string {
  return path.join(root, 'dist', 'stamps', step);
}
