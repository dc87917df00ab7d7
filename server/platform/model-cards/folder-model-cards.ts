import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModelCard, ModelCards } from '#server/domain/models/model-card.ts';
import { servedModelFolders } from './served-model-folders.ts';

const modelCardSchema = z.looseObject({
  id: z.string().min(1),
  task: z.string().min(1),
  version: z.string().min(1),
});

interface FolderCard {
  readonly folder: string;
  readonly card: ModelCard;
}

/** Reads metrics.json of every model folder, once: a built-in model changes with a release only. */
export function createFolderModelCards(modelsDir: string): ModelCards {
  let read: Promise<readonly FolderCard[]> | undefined;
  let cards: Promise<readonly ModelCard[]> | undefined;

  function readOnce(): Promise<readonly FolderCard[]> {
    read ??= readCards(modelsDir).catch((error: unknown) => {
      // The next one who asks tries again.
      read = undefined;
      cards = undefined;
      throw error;
    });
    return read;
  }

  return {
    list() {
      cards ??= readOnce().then((found) => found.map(({ card }) => card));
      return cards;
    },
    async callable() {
      const found = await readOnce();
      const named = Object.values(servedModelFolders).flatMap((folder) =>
        found.filter((one) => one.folder === folder).map(({ card }) => card.id),
      );
      return [...named, ...(await adaptersIn(join(modelsDir, servedModelFolders.texts, 'adapters')))];
    },
  };
}

async function readCards(modelsDir: string): Promise<readonly FolderCard[]> {
  const found = await Promise.all(
    (await foldersIn(modelsDir)).map(async (folder) => ({
      folder,
      card: await readCard(join(modelsDir, folder, 'metrics.json')),
    })),
  );
  return found.flatMap(({ folder, card }) => (card ? [{ folder, card }] : []));
}

/** An adapter is called as its folder is. No such folder: no adapters. */
async function adaptersIn(folder: string): Promise<readonly string[]> {
  return foldersIn(folder).catch(() => []);
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** A folder without metrics.json is no model that is sold; one whose metrics.json is broken is an error. */
async function readCard(path: string): Promise<ModelCard | null> {
  let json: string;
  try {
    json = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return modelCardSchema.parse(JSON.parse(json));
}
