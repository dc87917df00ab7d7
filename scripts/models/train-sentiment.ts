import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { balancedWeights } from './balanced-weights.ts';
import { CACHE, REPOSITORY } from './base-folder.ts';
import { buildEncoder, POOLED_LAYERS } from './build-encoder.ts';
import { calibrate } from './calibrate.ts';
import { extractFeatures } from './extract-features.ts';
import { type FeatureStore, readFeatures } from './feature-store.ts';
import { runScript } from './run-script.ts';
import { LABELS, readLabelledTexts, sentimentFile } from './sentiment-data.ts';
import { startTensorflow } from './start-tensorflow.ts';
import { trainHead } from './train-head.ts';

/** Every choice that the trained head depends on. */
const SETTINGS = {
  seed: 20261122,
  hidden: 256,
  epochs: 4,
  batchRows: 256,
  learningRate: 1e-3,
  weightDecay: 1e-2,
  dropout: 0.2,
  /** One text of so many measures the ranges of the 8-bit encoder. */
  rangeSampleEvery: 512,
};

const HIDDEN_SIZE = 384;

/**
 * Trains the sentiment model: the base's encoder in 8 bits, its features of every training row (kept on disk), and a
 * head on them. Ended at any time it goes on where it was. `evaluate:sentiment` then measures it and writes its card.
 */
async function main(): Promise<void> {
  const trainFile = sentimentFile('train');
  const devFile = sentimentFile('dev');
  const folder = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'sentiment');
  const rows = readLabelledTexts(trainFile);
  console.log(`encoder: measuring ranges, writing ${folder}`);
  const sample = rows.filter((_, index) => index % SETTINGS.rangeSampleEvery === 0);
  const encoderDigest = await buildEncoder(
    folder,
    sample.map(({ text }) => text),
  );

  const work = join(CACHE, 'training', `sentiment-${encoderDigest.slice(0, 8)}`);
  const width = POOLED_LAYERS * HIDDEN_SIZE;
  const store: FeatureStore = { folder: join(work, 'train'), width, rows: rows.length };
  await extractFeatures(store, folder, trainFile);

  console.log(`head: ${await startTensorflow()}`);
  const weights = await trainHead({
    ...SETTINGS,
    shape: { features: width, hidden: SETTINGS.hidden, labels: LABELS.length },
    features: readFeatures(store),
    labels: Uint8Array.from(rows, ({ label }) => label),
    rowWeights: balancedWeights(rows),
    checkpoint: join(work, 'checkpoint.safetensors'),
  });
  const metadata = {
    encoder_sha256: encoderDigest,
    pooled_layers: String(POOLED_LAYERS),
    trained_at: new Date().toISOString(),
    trained_rows: String(rows.length),
    settings: JSON.stringify(SETTINGS),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MODEL_FILES.head), writeSafetensors(weights, metadata));
  await calibrate(folder, devFile);
  console.log('trained; npm run evaluate:sentiment measures it and writes its card');
}

await runScript(main);
