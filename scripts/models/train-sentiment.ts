import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import { CACHE, expectBase } from './base-folder.ts';
import { runScript } from './run-script.ts';
import { classifierFromBase } from './sentiment/classifier-from-base.ts';
import { LABELS } from './sentiment/sentiment-data.ts';
import { type SentimentSettings, trainOnSentiment } from './sentiment/train-on-sentiment.ts';

/** Every choice that the trained weights depend on, beside `sentiment-recipe.ts`. */
const SETTINGS: SentimentSettings = {
  seed: 20261123,
  epochs: 3,
  batchRows: 64,
  tokensMax: 96,
  learningRate: 1.1e-4,
  warmUp: 0.06,
  weightDecay: 0.01,
  gradientNormMax: 1,
  products: 'bfloat16',
};

/** Fine-tunes all weights of the base. `export:sentiment` makes of the result what ships. */
async function main(): Promise<void> {
  const base = expectBase();
  const config = parseBertConfig(JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')));
  const folder = await trainOnSentiment({
    work: process.env.WORK_DIR ?? join(CACHE, 'training', 'sentiment'),
    base,
    config,
    settings: SETTINGS,
    weights: () => classifierFromBase(base, config, LABELS.length, SETTINGS.seed),
  });
  console.log(`trained: ${folder}; npm run export:sentiment makes of it what ships`);
}

await runScript(main);
