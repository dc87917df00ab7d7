import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeEngine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import type { PictureSet } from '#workers/fine-tuning/images/picture-set.ts';
import { digestImageModel } from '#workers/model-runtime/onnx/image-model-folder.ts';
import { shuffled } from '#workers/model-zoo/seeded-random.ts';
import { REPOSITORY } from './base-folder.ts';
import { dataFolder } from './data-folder.ts';
import { CIFAR10_CLASSES, readCifar10 } from './images/cifar10-data.ts';
import { readIdxPictures } from './images/idx-pictures.ts';
import { type Features, pictureFeatures } from './images/picture-features.ts';
import { type HeadSettings, headAccuracy, trainHead } from './images/train-head.ts';
import { runScript } from './run-script.ts';

const FEW = 50;
const SEED = 20261125;
/** Few pictures: many epochs, a strong pull to zero. */
const SETTINGS: Readonly<Record<'few' | 'all', HeadSettings>> = {
  few: { epochs: 60, batchRows: 100, learningRate: 2e-3, weightDecay: 1, seed: SEED },
  all: { epochs: 12, batchRows: 256, learningRate: 2e-3, weightDecay: 0.05, seed: SEED },
};

/** One row of the table in the image model's card. */
export interface HeadFigures {
  readonly data: string;
  readonly perClass: number;
  readonly accuracy: number;
  readonly n: number; // test pictures
}

/** What classes of one's own cost and reach: a linear layer on the image model's frozen features. Writes `heads.json`. */
async function main(): Promise<void> {
  const folder = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'image-classification');
  const digest = await digestImageModel(folder);
  const engine = await startEngine(wantedEngine(process.env.ENGINE));
  console.log(`engine: ${describeEngine(engine)}`);
  const fashion = join(dataFolder(), 'images', 'fashion-mnist');
  const sets: Record<string, () => Promise<{ train: PictureSet; test: PictureSet }>> = {
    'CIFAR-10': async () => ({ train: await readCifar10('train'), test: await readCifar10('test') }),
    'Fashion-MNIST': async () => ({
      train: readIdxPictures(fashion, 'train'),
      test: readIdxPictures(fashion, 't10k'),
    }),
  };
  const figures: HeadFigures[] = [];
  for (const [data, read] of Object.entries(sets)) {
    const { train, test } = await read();
    const features = (split: string, set: PictureSet) => {
      console.log(`${data}: features of ${set.labels.length} pictures`);
      return pictureFeatures(folder, { digest, name: `${data}-${split}` }, set);
    };
    const all = await features('train', train);
    const testFeatures = await features('test', test);
    for (const [kind, rows] of [
      ['few', fewOf(all, FEW)],
      ['all', all],
    ] as const) {
      const head = await trainHead(rows, CIFAR10_CLASSES.length, SETTINGS[kind]);
      const perClass = Math.round(rows.labels.length / head.classes);
      const accuracy = headAccuracy(head, testFeatures);
      figures.push({ data, perClass, accuracy, n: test.labels.length });
      console.log(`${data}, ${perClass} pictures a class: ${accuracy.toFixed(4)}`);
    }
  }
  const record = { digest, engine: describeEngine(engine), settings: SETTINGS, figures };
  writeFileSync(join(folder, 'heads.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** So many rows of each class, at random. */
function fewOf({ width, values, labels }: Features, perClass: number): Features {
  const taken = new Map<number, number>();
  const rows = Array.from(shuffled(labels.length, SEED)).filter((row) => {
    const label = labels[row] ?? 0;
    const count = taken.get(label) ?? 0;
    taken.set(label, count + 1);
    return count < perClass;
  });
  const few = new Float32Array(rows.length * width);
  rows.forEach((row, place) => {
    few.set(values.subarray(row * width, (row + 1) * width), place * width);
  });
  return { width, values: few, labels: Uint8Array.from(rows, (row) => labels[row] ?? 0) };
}

await runScript(main);
