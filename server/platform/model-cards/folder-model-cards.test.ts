import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFolderModelCards } from './folder-model-cards.ts';

describe('model cards of a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cards-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const write = async (name: string, metrics: string) => {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'metrics.json'), metrics);
  };

  it('reads every model that has its metrics, in order of name, figures and all', async () => {
    await write('b', '{"id":"b","task":"sentiment","version":"b@1","accuracy":0.5}');
    await write('a', '{"id":"a","task":"sentiment","version":"a@1"}');
    await mkdir(join(folder, 'no-metrics'));
    expect(await createFolderModelCards(folder).list()).toEqual([
      { id: 'a', task: 'sentiment', version: 'a@1' },
      { id: 'b', task: 'sentiment', version: 'b@1', accuracy: 0.5 },
    ]);
  });

  it('reads once, and again after a failure', async () => {
    await write('a', '{"id":"a"');
    const cards = createFolderModelCards(folder);
    await expect(cards.list()).rejects.toThrow(SyntaxError);
    await write('a', '{"id":"a","task":"sentiment","version":"a@1"}');
    const first = await cards.list();
    await write('a', '{}');
    expect(await cards.list()).toBe(first);
  });

  it('names those that are served, adapters of the text model too, and no other that was measured', async () => {
    await write('image-classification', '{"id":"image-1","task":"image-classification","version":"i@1"}');
    await write('cifar10', '{"id":"cifar-1","task":"image-classification","version":"c@1"}');
    await write('sentiment', '{"id":"sentiment-1","task":"sentiment","version":"s@1"}');
    const cards = createFolderModelCards(folder);
    expect(await cards.callable()).toEqual(['sentiment-1', 'image-1']);
    await mkdir(join(folder, 'text-generation', 'adapters', 'punctuation-1'), { recursive: true });
    expect(await cards.callable()).toEqual(['sentiment-1', 'image-1', 'punctuation-1']);
  });

  it('throws at a card without its version, rather than leave the model out', async () => {
    await write('a', '{"id":"a","task":"sentiment"}');
    await expect(createFolderModelCards(folder).list()).rejects.toThrow('version');
  });
});
