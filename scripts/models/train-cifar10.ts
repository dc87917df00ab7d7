import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type * as tf from '@tensorflow/tfjs-core';
import { bfloat16Convolution } from '#workers/fine-tuning/engine/bfloat16-convolution.ts';
import { describeEngine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { initialWeights } from '#workers/fine-tuning/images/initial-weights.ts';
import { pictureCount } from '#workers/fine-tuning/images/picture-set.ts';
import {
  type PictureForward,
  trainImageClassifier,
} from '#workers/fine-tuning/images/train-image-classifier.ts';
import { createEventWriter } from '#workers/fine-tuning/tensorboard/event-writer.ts';
import { progressLines } from '#workers/fine-tuning/train/progress.ts';
import { plainCnn } from '#workers/model-zoo/plain-cnn.ts';
import { writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { smallResnet } from '#workers/model-zoo/small-resnet.ts';
import { CACHE } from './base-folder.ts';
import { CIFAR10_CLASSES, CIFAR10_SIDE, readCifar10 } from './cifar10-data.ts';
import { heldOut } from './held-out.ts';
import { pictureAccuracy } from './picture-accuracy.ts';
import { runScript } from './run-script.ts';

/** Every choice that the trained weights depend on, beside the network. */
const SETTINGS = {
  seed: 20261125,
  epochs: 18,
  batchRows: 128,
  learningRate: 4e-3,
  warmUp: 0.2,
  /** As Gugger and Howard ("AdamW and super-convergence is now the fastest way to train neural nets", 2018): 0.05 came to 0.886. */
  weightDecay: 0.4,
  gradientNormMax: 5,
  averageDecay: 0.998,
  labelSmoothing: 0.1,
  mixup: 0,
  augmentation: { flip: true, shift: 4, colour: 0, cutout: 8 },
  /** Of CIFAR-10's training pictures. */
  statistics: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  /** Of convolutions; float32 where the engine has no bfloat16. */
  convolutions: 'bfloat16',
} as const;
/** `plain` is what the card compares with: fewer epochs are enough for all that it can learn. */
const NETWORKS = {
  resnet: { forward: smallResnet<tf.Tensor>, settings: SETTINGS, work: 'cifar10' },
  plain: { forward: plainCnn<tf.Tensor>, settings: { ...SETTINGS, epochs: 6 }, work: 'cifar10-plain' },
} as const;
const CHECKPOINT_EVERY_MS = 4 * 60_000;
const REPORT_EVERY_STEPS = 50;

/**
 * Trains the small ResNet (or, with --network plain, the plain network) on CIFAR-10 from nothing. Ended at any time it goes on where it was. The test pictures are
 * judged once, at the end.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { network: { type: 'string', default: 'resnet' } } });
  const network = values.network === 'plain' ? NETWORKS.plain : NETWORKS.resnet;
  const { settings } = network;
  const { train, held } = heldOut(await readCifar10('train'));
  const test = await readCifar10('test');
  const work = process.env.WORK_DIR ?? join(CACHE, 'training', network.work);
  const engine = await startEngine(wantedEngine(process.env.ENGINE));
  console.log(`engine: ${describeEngine(engine)}`);
  const forward: PictureForward = (ops, weights, pictures) =>
    network.forward(ops, weights, pictures, CIFAR10_CLASSES.length);
  const events = createEventWriter(join(work, 'events'));
  const line = progressLines(REPORT_EVERY_STEPS);
  const { statistics } = settings;
  const weights = await trainImageClassifier({
    ...settings,
    forward,
    classes: CIFAR10_CLASSES.length,
    set: train,
    weights: () => initialWeights(forward, CIFAR10_SIDE, settings.seed),
    convolve: bfloat16Convolution(),
    checkpoint: {
      file: join(work, 'checkpoint.safetensors'),
      everyMs: CHECKPOINT_EVERY_MS,
      settings: JSON.stringify(settings),
    },
    onStep(progress, average) {
      const { step, steps, loss, learningRate, examples, stepMs } = progress;
      const text = line(progress);
      if (text) {
        console.log(text);
        events.scalar('loss', loss, step);
        events.scalar('learning_rate', learningRate, step);
        events.scalar('examples_per_second', (examples * 1000) / stepMs, step);
      }
      if (step % Math.ceil(steps / settings.epochs) !== 0) return;
      const averaged = average();
      const accuracy = pictureAccuracy(forward, averaged, held, statistics);
      console.log(`held out, after step ${step}: ${accuracy.toFixed(4)}`);
      events.scalar('held_out_accuracy', accuracy, step);
      const filters = [...averaged.keys()].filter((name) => name.endsWith('.conv.weight'));
      for (const name of [filters[0], filters.at(-1), 'classifier.weight']) {
        events.histogram(name ?? '', averaged.get(name ?? '')?.data as Float32Array, step);
      }
    },
  });
  events.close();
  const accuracy = pictureAccuracy(forward, weights, test, statistics);
  const folder = join(work, 'model');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(weights, { format: 'pt' }));
  const record = {
    settings,
    engine,
    pictures: pictureCount(train),
    trainedAt: new Date().toISOString(),
    testAccuracy: accuracy,
  };
  writeFileSync(join(folder, 'training.json'), `${JSON.stringify(record, null, 2)}\n`);
  console.log(`test pictures: ${accuracy.toFixed(4)}; trained: ${folder}`);
}

await runScript(main);
