import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';

const namePattern = /^[\w-]+\/[\w.-]+$/;

/** A folder that all gateways see: on one machine, or mounted by each. */
export function createFolderBlobStore(folder: string): BlobStore {
  function pathOf(name: string): string {
    if (!namePattern.test(name)) throw new Error('That is no name of a blob.');
    return path.join(folder, name);
  }

  return {
    async write(name, pieces) {
      const target = pathOf(name);
      const unfinished = `${target}.${randomUUID()}.part`;
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      const file = await open(unfinished, 'wx', 0o600);
      let bytes = 0;
      try {
        for await (const piece of pieces) {
          await file.writeFile(piece);
          bytes += piece.byteLength;
        }
        await file.sync();
        await file.close();
        await rename(unfinished, target);
        await syncFolder(path.dirname(target));
      } catch (error) {
        await file.close().catch(() => {});
        await rm(unfinished, { force: true });
        throw error;
      }
      return { bytes };
    },
    async read(name) {
      const file = await open(pathOf(name), 'r').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      return file && file.createReadStream();
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
    },
    async *list() {
      for (const inner of await namesIn(folder)) {
        for (const last of await namesIn(path.join(folder, inner))) {
          const name = `${inner}/${last}`;
          const found = namePattern.test(name) ? await stat(pathOf(name)).catch(orNull) : null;
          if (found?.isFile()) yield { name, writtenAt: found.mtime };
        }
      }
    },
  };
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}

/** It is gone by now. */
function orNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** A rename is durable once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
