import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenImageClassifier } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { judgePictures } from './judge-pictures.ts';
import { readEvaluationPictures } from './labelled-pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
afterAll(() => rmSync(folder, { recursive: true }));
const classes = [
  { label: 'tabby', wordnetId: 'n02123045' },
  { label: 'hot dog', wordnetId: 'n07697537' },
  { label: 'crane (bird)', wordnetId: 'n02012849' },
];

function zip(paths: readonly string[]): string {
  const file = join(folder, `${paths.length}.zip`);
  writeFileSync(file, zipSync(Object.fromEntries(paths.map((path) => [path, Buffer.from(path)]))));
  return file;
}

describe('pictures in class folders', () => {
  it('are read from a ZIP, by words or by WordNet id', () => {
    const file = zip([
      'test/hot_dog/1.jpg',
      'test/n02123045/2.PNG',
      'train/tabby/3.webp',
      'train/readme.txt',
    ]);
    const read = readEvaluationPictures(file, classes);
    expect(read.map(({ source, label, path }) => [source, label, path])).toEqual([
      ['test', 1, 'test/hot_dog/1.jpg'],
      ['test', 0, 'test/n02123045/2.PNG'],
      ['train', 0, 'train/tabby/3.webp'],
    ]);
    expect(Buffer.from(read[0]?.read() ?? []).toString()).toBe('test/hot_dog/1.jpg');
  });

  it('are read from a folder', () => {
    mkdirSync(join(folder, 'set', 'hot dog'), { recursive: true });
    writeFileSync(join(folder, 'set', 'hot dog', 'a.jpg'), 'a');
    expect(readEvaluationPictures(join(folder, 'set'), classes)).toMatchObject([
      { source: 'all', label: 1, path: 'hot dog/a.jpg' },
    ]);
  });

  it('are refused in a sentence where a folder is no class, or nothing is there', () => {
    expect(() => readEvaluationPictures(zip(['cars/1.jpg']), classes)).toThrow(
      '"cars" (cars/1.jpg) is no class',
    );
    expect(() => readEvaluationPictures(zip(['a.txt', 'b.txt']), classes)).toThrow('no pictures');
    expect(() => readEvaluationPictures(join(folder, 'no'), classes)).toThrow('is not there');
    writeFileSync(join(folder, 'x.tsv'), 'source\tlabel');
    expect(() => readEvaluationPictures(join(folder, 'x.tsv'), classes)).toThrow(
      'neither a folder nor a ZIP',
    );
  });

  it('count a class that the data has not as wrong, and as another class', async () => {
    const answers = [
      ['tabby', 'hot dog', 'crane (bird)'],
      ['crane (bird)', 'hot dog', 'tabby'],
    ];
    const model: Pick<OpenImageClassifier, 'classify'> = {
      classify: async (inputs) =>
        inputs.map((_, picture) => ({
          scores: (answers[picture] ?? []).map((label, place) => ({
            label,
            wordnetId: null,
            score: [0.6, 0.3, 0.1][place] ?? 0,
          })),
          interval: null,
        })),
    };
    const pictures = readEvaluationPictures(zip(['tabby/1.jpg', 'hot dog/2.jpg']), classes).toReversed();
    const { labels, judged, top5 } = await judgePictures(model, pictures, classes);
    expect(labels).toEqual(['tabby', 'hot dog', 'another class']);
    expect(judged).toEqual([
      { label: 0, scores: [0.6, 0.3, 0.1] },
      { label: 1, scores: [0.1, 0.3, 0.6] },
    ]);
    expect(top5).toBe(1);
  });
});
