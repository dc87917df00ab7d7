import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { bfloat16Product } from '#workers/fine-tuning/engine/bfloat16-product.ts';
import { describeEngine, type Engine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { createEventWriter } from '#workers/fine-tuning/tensorboard/event-writer.ts';
import type { OptimizerState } from '#workers/fine-tuning/train/optimizer.ts';
import { progressLines } from '#workers/fine-tuning/train/progress.ts';
import type { Training } from '#workers/fine-tuning/train/train.ts';
import {
  type Forward,
  type Teacher,
  trainTextClassifier,
} from '#workers/fine-tuning/train/train-text-classifier.ts';
import { bertClassifier } from '#workers/model-zoo/bert-classifier.ts';
import type { BertConfig } from '#workers/model-zoo/bert-config.ts';
import { writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { devAccuracy } from './dev-accuracy.ts';
import { LABELS, readLabelledTexts, sentimentFile } from './sentiment-data.ts';
import { rowShares, rowWeights } from './sentiment-recipe.ts';
import { tokeniseTexts } from './tokenise-texts.ts';
import { writeClassifierDescription } from './write-classifier-description.ts';

export interface SentimentSettings {
  readonly seed: number;
  readonly epochs: number;
  readonly batchRows: number;
  readonly tokensMax: number;
  readonly learningRate: number;
  readonly warmUp: number; // share of all steps
  readonly weightDecay: number;
  readonly gradientNormMax: number;
  /** Of the products of layers; float32 where the engine has no bfloat16. */
  readonly products: 'bfloat16' | 'float32';
}

export interface SentimentRun {
  /** Where checkpoint, TensorBoard's events and the trained folder go. */
  readonly work: string;
  /** Whose tokenizer it reads and whose description it takes over. */
  readonly base: string;
  readonly config: BertConfig;
  readonly settings: SentimentSettings;
  readonly weights: () => OptimizerState;
  /** Made once the engine runs. */
  readonly teacher?: () => Teacher;
  /** Of the shares that the recipe names. */
  readonly shareOfRows?: number;
}

const CHECKPOINT_EVERY_MS = 4 * 60_000;
const REPORT_EVERY_STEPS = 50;
const JUDGED_PER_EPOCH = 2;

/**
 * Trains all weights of a BERT classifier on every source of `sentiment/train` and writes them as a folder that
 * `transformers` opens. Ended at any time it goes on where it was. Returns the folder.
 */
export async function trainOnSentiment(run: SentimentRun): Promise<string> {
  const { work, base, config, settings } = run;
  const trainFile = sentimentFile('train');
  const dev = readLabelledTexts(sentimentFile('dev'));
  const engine = await startEngine(wantedEngine(process.env.ENGINE));
  console.log(`engine: ${describeEngine(engine)}`);
  const rows = readLabelledTexts(trainFile);
  const texts = await tokeniseTexts(base, rows, settings.tokensMax);
  const devTexts = await tokeniseTexts(base, dev, settings.tokensMax);
  const forward: Forward = (ops, weights, inputs) =>
    bertClassifier(ops, config, weights, inputs, { labels: LABELS.length });
  const recipe = rowShares(rows);
  const shares = recipe.map((share) => share * (run.shareOfRows ?? 1));
  const judge = (weights: Map<string, tf.Tensor>) => devAccuracy(forward, weights, devTexts, dev);
  const report = reporter(work, config, settings, judge);
  const weights = await trainTextClassifier({
    ...settings,
    forward,
    weights: run.weights,
    texts,
    labels: Uint8Array.from(rows, ({ label }) => label),
    rowWeights: rowWeights(rows, recipe),
    rowShares: shares,
    product: settings.products === 'bfloat16' ? bfloat16Product() : undefined,
    teacher: run.teacher?.(),
    checkpoint: {
      file: join(work, 'checkpoint.safetensors'),
      everyMs: CHECKPOINT_EVERY_MS,
      settings: JSON.stringify(settings),
    },
    onStep: report.onStep,
  });
  report.close();
  return writeTrained(run, weights, engine, rows.length);
}

/** Lines on the terminal, and the same figures for TensorBoard with histograms of a few weights. */
function reporter(
  work: string,
  config: BertConfig,
  { epochs }: SentimentSettings,
  judge: (weights: Map<string, tf.Tensor>) => Record<string, number>,
): { onStep: NonNullable<Training['onStep']>; close(): void } {
  const events = createEventWriter(join(work, 'events'));
  const line = progressLines(REPORT_EVERY_STEPS);
  const histograms = [
    'bert.encoder.layer.0.output.dense.weight',
    `bert.encoder.layer.${config.layers - 1}.output.dense.weight`,
    'bert.pooler.dense.weight',
    'classifier.weight',
  ];
  return {
    onStep(progress, readWeights) {
      const { step, steps } = progress;
      const text = line(progress);
      if (text) {
        console.log(text);
        events.scalar('loss', progress.loss, step);
        events.scalar('gradient_norm', progress.gradientNorm, step);
        events.scalar('learning_rate', progress.learningRate, step);
        events.scalar('examples_per_second', (progress.examples * 1000) / progress.stepMs, step);
      }
      if (step !== steps && step % Math.ceil(steps / (JUDGED_PER_EPOCH * epochs)) !== 0) return;
      tf.tidy(() => {
        const weights = readWeights();
        for (const [measure, value] of Object.entries(judge(weights))) {
          console.log(`dev after step ${step}: ${measure} ${value.toFixed(4)}`);
          events.scalar(`dev/${measure.replaceAll(' ', '_')}`, value, step);
        }
        for (const name of histograms) {
          events.histogram(name, weights.get(name)?.dataSync() as Float32Array, step);
        }
      });
    },
    close: () => events.close(),
  };
}

function writeTrained(
  { work, base, config, settings }: SentimentRun,
  weights: OptimizerState,
  engine: Engine,
  rows: number,
): string {
  const folder = join(work, 'model');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(weights, { format: 'pt' }));
  writeClassifierDescription(folder, base, LABELS, { num_hidden_layers: config.layers });
  const record = { settings, engine, rows, trainedAt: new Date().toISOString() };
  writeFileSync(join(folder, 'training.json'), `${JSON.stringify(record, null, 2)}\n`);
  return folder;
}
