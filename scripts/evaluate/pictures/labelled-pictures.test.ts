import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenImageClassifier } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { EvaluationError } from '../evaluation-error.ts';
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

  it('are not what macOS puts beside them', () => {
    const file = zip(['hot dog/1.jpg', 'hot dog/._1.jpg', '__MACOSX/hot dog/._1.jpg']);
    expect(readEvaluationPictures(file, classes).map(({ path }) => path)).toEqual(['hot dog/1.jpg']);
  });

  it('are named by the WordNet id where several classes have the same words', () => {
    const cranes = [...classes, { label: 'tabby', wordnetId: 'n00000001' }];
    const read = (path: string) => readEvaluationPictures(zip([path]), cranes)[0]?.label;
    expect(read('n02123045/1.jpg')).toBe(0);
    expect(read('n00000001/1.jpg')).toBe(3);
    expect(() => read('tabby/1.jpg')).toThrow('"tabby" (tabby/1.jpg) is no class');
  });

  it('are refused in a sentence where a ZIP is cut short, or unpacks to more than a picture takes', () => {
    const whole = readFileSync(zip(['hot dog/1.jpg', 'hot dog/2.jpg']));
    writeFileSync(join(folder, 'cut.zip'), whole.subarray(0, 60));
    expect(() => readEvaluationPictures(join(folder, 'cut.zip'), classes)).toThrow(EvaluationError);
    const bomb = zipSync({ 'hot dog/1.jpg': new Uint8Array(64 * 1024 * 1024 + 1) });
    writeFileSync(join(folder, 'bomb.zip'), bomb);
    expect(() => readEvaluationPictures(join(folder, 'bomb.zip'), classes)).toThrow(
      'hot dog/1.jpg has 67108865 bytes',
    );
  });

  it('are read from a folder', () => {
    mkdirSync(join(folder, 'set', 'hot dog'), { recursive: true });
    writeFileSync(join(folder, 'set', 'hot dog', 'a.jpg'), 'a');
    writeFileSync(join(folder, 'set', 'hot dog', '._a.jpg'), 'a');
    symlinkSync('a.jpg', join(folder, 'set', 'hot dog', 'b.jpg'));
    expect(readEvaluationPictures(join(folder, 'set'), classes)).toMatchObject([
      { source: 'all', label: 1, path: 'hot dog/a.jpg' },
      { source: 'all', label: 1, path: 'hot dog/b.jpg' },
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

  it('of classes with the same words are told apart', async () => {
    const twins = [
      { label: 'crane', wordnetId: 'n02012849' },
      { label: 'crane', wordnetId: 'n03126707' },
    ];
    const model: Pick<OpenImageClassifier, 'classify'> = {
      classify: async (inputs) =>
        inputs.map(() => ({
          scores: twins.map((named, place) => ({ ...named, score: 0.9 - 0.8 * place })),
          interval: null,
        })),
    };
    const pictures = readEvaluationPictures(zip(['n02012849/1.jpg', 'n03126707/2.jpg']), twins);
    const { labels, judged } = await judgePictures(model, pictures, twins);
    expect(labels).toEqual(['crane (n02012849)', 'crane (n03126707)']);
    expect(judged.map(({ label }) => label)).toEqual([0, 1]);
    expect(judged[0]?.scores[0]).toBeCloseTo(0.9, 12);
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
            wordnetId: classes.find((one) => one.label === label)?.wordnetId ?? null,
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
