import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModelCard, ModelCards } from '#server/domain/models/model-card.ts';

const modelCardSchema = z.looseObject({
  id: z.string().min(1),
  task: z.string().min(1),
  version: z.string().min(1),
});

/** Reads metrics.json of every model folder, once: a built-in model changes with a release only. */
export function createFolderModelCards(modelsDir: string): ModelCards {
  let cards: Promise<readonly ModelCard[]> | undefined;
  return {
    list() {
      cards ??= readCards(modelsDir).catch((error: unknown) => {
        // The next one who asks tries again.
        cards = undefined;
        throw error;
      });
      return cards;
    },
  };
}
async function readCards(modelsDir: string): Promise<readonly ModelCard[]> {
  const entries = await readdir(modelsDir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const cards = await Promise.all(
    folders.sort().map((folder) => readCard(join(modelsDir, folder, 'metrics.json'))),
  );
  return cards.filter((card) => card !== null);
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
