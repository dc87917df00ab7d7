import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describeEngine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { progressLines } from '#workers/fine-tuning/train/progress.ts';
import { type Forward, trainTextClassifier } from '#workers/fine-tuning/train/train-text-classifier.ts';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import {
  CNN_WIDTHS,
  lstmClassifier,
  type SmallTextClassifier,
  type SmallTextConfig,
  textCnn,
} from '#workers/model-zoo/small-text-classifiers.ts';
import { CACHE, expectBase, REPOSITORY } from './base-folder.ts';
import { runScript } from './run-script.ts';
import { devAccuracy } from './sentiment/dev-accuracy.ts';
import { LABELS, readLabelledTexts, sentimentFile } from './sentiment/sentiment-data.ts';
import { rowShares, rowWeights } from './sentiment/sentiment-recipe.ts';
import { tokeniseTexts } from './sentiment/tokenise-texts.ts';

const SETTINGS = {
  seed: 20261123,
  epochs: 2,
  batchRows: 64,
  tokensMax: 96,
  learningRate: 1e-3,
  warmUp: 0.05,
  weightDecay: 0.01,
  gradientNormMax: 1,
};
const SIZES = { embeddingSize: 128, hiddenSize: 128, dropout: 0.3 };
const CHECKPOINT_EVERY_MS = 4 * 60_000;
const REPORT_EVERY_STEPS = 200;

const NAMES = { lstm: lstmClassifier, cnn: textCnn } as const satisfies Record<string, SmallTextClassifier>;

/**
 * The small comparison in the sentiment model's card: an LSTM and a CNN of text from nothing, on the same rows, by
 * the same loop, with the same tokens. Writes `comparison.json` beside the model.
 */
async function main(): Promise<void> {
  const base = expectBase();
  const engine = await startEngine(wantedEngine(process.env.ENGINE));
  console.log(`engine: ${describeEngine(engine)}`);
  const rows = readLabelledTexts(sentimentFile('train'));
  const dev = readLabelledTexts(sentimentFile('dev'));
  const texts = await tokeniseTexts(base, rows, SETTINGS.tokensMax);
  const devTexts = await tokeniseTexts(base, dev, SETTINGS.tokensMax);
  const { vocabularySize } = parseBertConfig(JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')));
  const config: SmallTextConfig = { ...SIZES, vocabularySize, labels: LABELS.length };
  const shares = rowShares(rows);
  const results: object[] = [];
  for (const [name, classifier] of Object.entries(NAMES)) {
    const forward: Forward = (ops, weights, inputs) => classifier(ops, config, weights, inputs);
    const line = progressLines(REPORT_EVERY_STEPS);
    const before = process.cpuUsage();
    let figures: Record<string, number> = {};
    const weights = await trainTextClassifier({
      ...SETTINGS,
      forward,
      weights: () => initialWeights(name, config),
      texts,
      labels: Uint8Array.from(rows, ({ label }) => label),
      rowWeights: rowWeights(rows, shares),
      rowShares: shares,
      checkpoint: {
        file: join(CACHE, 'training', `sentiment-${name}`, 'checkpoint.safetensors'),
        everyMs: CHECKPOINT_EVERY_MS,
        settings: JSON.stringify({ ...SETTINGS, ...SIZES, name }),
      },
      onStep(progress, readWeights) {
        const text = line(progress);
        if (text) console.log(`${name}: ${text}`);
        if (progress.step !== progress.steps) return;
        tf.tidy(() => {
          figures = devAccuracy(forward, readWeights(), devTexts, dev);
        });
      },
    });
    const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
    const { user, system } = process.cpuUsage(before);
    results.push({ name, parameters, cpuMinutes: (user + system) / 60_000_000, figures });
    console.log(`${name}: ${JSON.stringify(figures)}`);
  }
  const folder = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'sentiment');
  const record = { settings: { ...SETTINGS, ...SIZES }, engine: describeEngine(engine), results };
  writeFileSync(join(folder, 'comparison.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** Uniform within one over the root of a row's inputs, as PyTorch starts its layers; embeddings wider. */
function initialWeights(name: string, config: SmallTextConfig): Map<string, StoredTensor> {
  const { vocabularySize, embeddingSize, hiddenSize, labels } = config;
  const shapes: Record<string, number[]> = { 'embedding.weight': [vocabularySize, embeddingSize] };
  if (name === 'lstm') {
    shapes['lstm.weight_ih_l0'] = [4 * hiddenSize, embeddingSize];
    shapes['lstm.weight_hh_l0'] = [4 * hiddenSize, hiddenSize];
    shapes['lstm.bias_ih_l0'] = [4 * hiddenSize];
  } else {
    for (const width of CNN_WIDTHS) {
      shapes[`convolution.${width}.weight`] = [hiddenSize, embeddingSize, width];
      shapes[`convolution.${width}.bias`] = [hiddenSize];
    }
  }
  shapes['classifier.weight'] = [labels, name === 'lstm' ? hiddenSize : CNN_WIDTHS.length * hiddenSize];
  shapes['classifier.bias'] = [labels];
  return new Map(
    Object.entries(shapes).map(([key, shape], index) => {
      const random = randomNumbers(SETTINGS.seed + index);
      const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
      const bound = key === 'embedding.weight' ? 0.1 : shape.length === 1 ? 0 : 1 / Math.sqrt(inputs);
      const size = inputs * (shape[0] ?? 1);
      return [key, { shape, data: Float32Array.from({ length: size }, () => bound * (2 * random() - 1)) }];
    }),
  );
}

await runScript(main);
