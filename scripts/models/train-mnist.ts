import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeEngine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { adamWForPictures } from '#workers/fine-tuning/images/adamw-for-pictures.ts';
import { initialWeights } from '#workers/fine-tuning/images/initial-weights.ts';
import { pictureCount } from '#workers/fine-tuning/images/picture-set.ts';
import {
  type PictureForward,
  trainImageClassifier,
} from '#workers/fine-tuning/images/train-image-classifier.ts';
import { progressLines } from '#workers/fine-tuning/train/progress.ts';
import { mlp } from '#workers/model-zoo/mlp.ts';
import { writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { CACHE } from './base-folder.ts';
import { dataFolder } from './data-folder.ts';
import { heldOut } from './images/held-out.ts';
import { readIdxPictures } from './images/idx-pictures.ts';
import { pictureAccuracy } from './images/picture-accuracy.ts';
import { runScript } from './run-script.ts';

const DIGITS = 10;
/** One picture of so many is the test: the set has no test pictures of its own. */
const TEST_EVERY = 8;
const WEIGHT_DECAY = 0.01;
const SETTINGS = {
  seed: 20261125,
  epochs: 60,
  batchRows: 100,
  learningRate: 2e-3,
  warmUp: 0.1,
  gradientNormMax: 5,
  averageDecay: 0.99,
  labelSmoothing: 0.05,
  mixup: 0,
  augmentation: { flip: 'never', shift: 2, colour: 0, cutout: 0 },
  statistics: { mean: [0.13, 0.13, 0.13], std: [0.31, 0.31, 0.31] },
} as const;

/** The smallest recipe: a multilayer perceptron on handwritten digits, from nothing, in a minute or two. */
async function main(): Promise<void> {
  const all = readIdxPictures(join(dataFolder(), 'images', 'mnist-10k'), 'train');
  const { train, held: test } = heldOut(all, TEST_EVERY);
  const work = process.env.WORK_DIR ?? join(CACHE, 'training', 'mnist');
  console.log(`engine: ${describeEngine(await startEngine(wantedEngine(process.env.ENGINE)))}`);
  const forward: PictureForward = (ops, weights, pictures) => mlp(ops, weights, pictures, DIGITS);
  const line = progressLines(300);
  const weights = await trainImageClassifier({
    ...SETTINGS,
    optimizer: adamWForPictures(WEIGHT_DECAY),
    forward,
    classes: DIGITS,
    set: train,
    weights: () => initialWeights(forward, { side: all.side, seed: SETTINGS.seed }),
    checkpoint: {
      file: join(work, 'checkpoint.safetensors'),
      everyMs: 4 * 60_000,
      settings: JSON.stringify({ ...SETTINGS, weightDecay: WEIGHT_DECAY }),
    },
    onStep(progress) {
      const text = line(progress);
      if (text) console.log(text);
    },
  });
  const accuracy = pictureAccuracy(forward, weights, test, SETTINGS.statistics);
  const folder = join(work, 'model');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(weights, { format: 'pt' }));
  console.log(`${pictureCount(test)} test pictures: ${accuracy.toFixed(4)}; trained: ${folder}`);
}

await runScript(main);
