import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { bfloat16Product } from '#workers/fine-tuning/engine/bfloat16-product.ts';
import { describeEngine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { createEventWriter } from '#workers/fine-tuning/tensorboard/event-writer.ts';
import { progressLines } from '#workers/fine-tuning/train/progress.ts';
import type { Training } from '#workers/fine-tuning/train/train.ts';
import { type Forward, trainTextClassifier } from '#workers/fine-tuning/train/train-text-classifier.ts';
import { bertClassifier } from '#workers/model-zoo/bert-classifier.ts';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import { writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { CACHE, expectBase } from './base-folder.ts';
import { classifierFromBase } from './classifier-from-base.ts';
import { devAccuracy } from './dev-accuracy.ts';
import { runScript } from './run-script.ts';
import { LABELS, readLabelledTexts, sentimentFile } from './sentiment-data.ts';
import { rowShares, rowWeights } from './sentiment-recipe.ts';
import { tokeniseTexts } from './tokenise-texts.ts';
import { writeClassifierDescription } from './write-classifier-description.ts';

/** Every choice that the trained weights depend on, beside `sentiment-recipe.ts`. */
const SETTINGS = {
  seed: 20261123,
  epochs: 3,
  batchRows: 64,
  tokensMax: 96,
  learningRate: 1.1e-4,
  warmUp: 0.06,
  weightDecay: 0.01,
  gradientNormMax: 1,
  /** Of the products of layers; float32 where the engine has no bfloat16. */
  products: 'bfloat16',
};

const CHECKPOINT_EVERY_MS = 4 * 60_000;
const REPORT_EVERY_STEPS = 50;
const JUDGED_PER_EPOCH = 2;
const HISTOGRAMS = [
  'bert.encoder.layer.0.output.dense.weight',
  'bert.encoder.layer.5.output.dense.weight',
  'bert.pooler.dense.weight',
  'classifier.weight',
];

/**
 * Fine-tunes all weights of the base on every source of `sentiment/train` and writes them as a folder that
 * `transformers` opens. Ended at any time it goes on where it was. `export:sentiment` makes of it what ships.
 */
async function main(): Promise<void> {
  const trainFile = sentimentFile('train');
  const dev = readLabelledTexts(sentimentFile('dev'));
  const base = expectBase();
  const work = process.env.WORK_DIR ?? join(CACHE, 'training', 'sentiment');
  const engine = await startEngine(wantedEngine(process.env.ENGINE));
  console.log(`engine: ${describeEngine(engine)}`);
  const rows = readLabelledTexts(trainFile);
  const texts = await tokeniseTexts(base, rows, SETTINGS.tokensMax);
  const devTexts = await tokeniseTexts(base, dev, SETTINGS.tokensMax);
  const config = parseBertConfig(JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')));
  const forward: Forward = (ops, weights, inputs) =>
    bertClassifier(ops, config, weights, inputs, { labels: LABELS.length });
  const shares = rowShares(rows);
  const events = createEventWriter(join(work, 'events'));
  const line = progressLines(REPORT_EVERY_STEPS);
  const onStep: Training['onStep'] = (progress, readWeights) => {
    const { step, steps } = progress;
    const text = line(progress);
    if (text) {
      console.log(text);
      events.scalar('loss', progress.loss, step);
      events.scalar('gradient_norm', progress.gradientNorm, step);
      events.scalar('learning_rate', progress.learningRate, step);
      events.scalar('examples_per_second', (progress.examples * 1000) / progress.stepMs, step);
    }
    if (step !== steps && step % Math.ceil(steps / (JUDGED_PER_EPOCH * SETTINGS.epochs)) !== 0) return;
    tf.tidy(() => {
      const weights = readWeights();
      for (const [measure, value] of Object.entries(devAccuracy(forward, weights, devTexts, dev))) {
        console.log(`dev after step ${step}: ${measure} ${value.toFixed(4)}`);
        events.scalar(`dev/${measure.replaceAll(' ', '_')}`, value, step);
      }
      for (const name of HISTOGRAMS) {
        events.histogram(name, weights.get(name)?.dataSync() as Float32Array, step);
      }
    });
  };
  const weights = await trainTextClassifier({
    ...SETTINGS,
    forward,
    weights: () => classifierFromBase(base, config, LABELS.length, SETTINGS.seed),
    texts,
    labels: Uint8Array.from(rows, ({ label }) => label),
    rowWeights: rowWeights(rows, shares),
    rowShares: shares,
    product: bfloat16Product(),
    checkpoint: {
      file: join(work, 'checkpoint.safetensors'),
      everyMs: CHECKPOINT_EVERY_MS,
      settings: JSON.stringify(SETTINGS),
    },
    onStep,
  });
  events.close();
  const folder = join(work, 'model');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(weights, { format: 'pt' }));
  writeClassifierDescription(folder, base, LABELS);
  const record = { settings: SETTINGS, engine, rows: rows.length, trainedAt: new Date().toISOString() };
  writeFileSync(join(folder, 'training.json'), `${JSON.stringify(record, null, 2)}\n`);
  console.log(`trained: ${folder}; npm run export:sentiment makes of it what ships`);
}

await runScript(main);
