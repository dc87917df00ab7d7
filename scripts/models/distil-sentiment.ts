import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type Teacher, weightsByName } from '#workers/fine-tuning/train/train-text-classifier.ts';
import { bertClassifier } from '#workers/model-zoo/bert-classifier.ts';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors, type StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { CACHE, expectBase, MissingBaseError } from './base-folder.ts';
import { runScript } from './run-script.ts';
import { everySecondLayer } from './sentiment/every-second-layer.ts';
import { LABELS } from './sentiment/sentiment-data.ts';
import { type SentimentSettings, trainOnSentiment } from './sentiment/train-on-sentiment.ts';

const SETTINGS: SentimentSettings = {
  seed: 20261125,
  epochs: 1,
  batchRows: 64,
  tokensMax: 96,
  learningRate: 1e-4,
  warmUp: 0.06,
  weightDecay: 0.01,
  gradientNormMax: 1,
  products: 'bfloat16',
};
const SHARE_OF_ROWS = 0.6;
const TEMPERATURE = 2;
const SHARE_OF_TEACHER = 0.7;

/**
 * The smaller step of the sentiment model's ladder: half of its layers, which learn the scores of the whole (Hinton
 * and others, 2015; started from every second layer as DistilBERT is, Sanh and others, 2019).
 * `export:sentiment` measures it beside the others.
 */
async function main(): Promise<void> {
  const base = expectBase();
  const trained = join(CACHE, 'training', 'sentiment', 'model');
  if (!existsSync(join(trained, 'model.safetensors'))) {
    throw new MissingBaseError(`There is no trained model in ${trained}. Train it: npm run train:sentiment`);
  }
  const config = parseBertConfig(JSON.parse(readFileSync(join(trained, 'config.json'), 'utf8')));
  const whole = readWeights(trained);
  const folder = await trainOnSentiment({
    work: join(CACHE, 'training', 'sentiment-distilled'),
    base,
    config: { ...config, layers: config.layers / 2 },
    settings: SETTINGS,
    weights: () => everySecondLayer(whole),
    teacher: (): Teacher => {
      const weights = weightsByName(
        new Map(
          [...whole].map(([name, { data, shape }]) => [
            name,
            tf.keep(tf.tensor(Float32Array.from(data as Float32Array), [...shape])),
          ]),
        ),
      );
      return {
        logits: (product, inputs) =>
          bertClassifier(tensorflowOps({ training: false, seed: 0, product }), config, weights, inputs, {
            labels: LABELS.length,
          }),
        temperature: TEMPERATURE,
        share: SHARE_OF_TEACHER,
      };
    },
    shareOfRows: SHARE_OF_ROWS,
  });
  console.log(`distilled: ${folder}; npm run export:sentiment measures it`);
}

function readWeights(folder: string): Map<string, StoredTensor> {
  return new Map(readSafetensors(readFileSync(join(folder, 'model.safetensors'))).tensors);
}

await runScript(main);
