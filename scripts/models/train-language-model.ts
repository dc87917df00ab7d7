import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { judgeNextTokens } from '#scripts/evaluate/language-models/judge-next-tokens.ts';
import { languageReport } from '#scripts/evaluate/reports/language-report.ts';
import { bfloat16Product } from '#workers/fine-tuning/engine/bfloat16-product.ts';
import { describeEngine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { initialWeights } from '#workers/fine-tuning/language/initial-weights.ts';
import { nextTokenLogits } from '#workers/fine-tuning/language/next-tokens.ts';
import { trainLanguageModel } from '#workers/fine-tuning/language/train-language-model.ts';
import { createEventWriter } from '#workers/fine-tuning/tensorboard/event-writer.ts';
import { createTextTokenizer } from '#workers/fine-tuning/tokenizer/tokenize-text.ts';
import { tokensByNumber } from '#workers/fine-tuning/tokenizer/tokenizer-files.ts';
import { progressLines } from '#workers/fine-tuning/train/progress.ts';
import { writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { CACHE } from './base-folder.ts';
import { CORPUS, languageCorpus } from './language-models/language-corpus.ts';
import { LANGUAGE_NETWORKS, type LanguageNetworkName } from './language-models/language-networks.ts';
import { runScript } from './run-script.ts';

/** Every choice that the trained weights depend on, beside the network and the corpus. */
const SETTINGS = {
  seed: 20261126,
  batchRows: 16,
  steps: 240,
  warmUp: 0.1,
  weightDecay: 0.1,
  gradientNormMax: 1,
  /** Of layers; float32 where the engine has no bfloat16. */
  products: 'bfloat16',
} as const;
const CHECKPOINT_EVERY_MS = 2 * 60_000;
const REPORT_EVERY_STEPS = 10;
const DEV_EVERY_STEPS = 40;
const DEV_CHARACTERS = 32_768;

export interface CurvePoint {
  readonly step: number;
  /** Mean over the steps since the last point, in nats a token. */
  readonly loss: number;
  /** On the beginning of the novel that is followed. */
  readonly devBitsPerByte: number;
}

/** Trains a small GPT (or, with --network lstm, an LSTM) on novels and plays from nothing. Ended at any time it goes on where it was. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      network: { type: 'string', default: 'gpt' },
      steps: { type: 'string', default: String(SETTINGS.steps) },
    },
  });
  const name = values.network as LanguageNetworkName;
  const network = LANGUAGE_NETWORKS[name];
  if (!network) throw new Error(`--network is ${values.network}; known are gpt and lstm.`);
  const { forward, learningRate } = network;
  const settings = { ...SETTINGS, ...CORPUS, learningRate, steps: Number(values.steps) };
  const work = process.env.WORK_DIR ?? join(CACHE, 'training', `language-${name}`);
  const engine = await startEngine(wantedEngine(process.env.ENGINE));
  console.log(`engine: ${describeEngine(engine)}`);
  const corpus = languageCorpus();
  console.log(`${corpus.tokens.length} tokens of ${corpus.bytes} bytes`);

  const dev = createTextTokenizer(corpus.files)(corpus.dev.slice(0, DEV_CHARACTERS));
  const tokenTexts = tokensByNumber(corpus.files);
  const product = bfloat16Product();
  const devReport = async (weights: Map<string, tf.Tensor>) => {
    const model = {
      run: async (texts: readonly (readonly number[])[]) => ({
        logits: texts.map((ids) => nextTokenLogits(forward, weights, ids, product)),
      }),
    };
    const judged = await judgeNextTokens(model, dev, CORPUS.contextTokens);
    return languageReport(
      judged,
      judged.reduce((sum, { id }) => sum + (tokenTexts[id]?.length ?? 0), 0),
    );
  };

  const events = createEventWriter(join(work, 'events'));
  const line = progressLines(REPORT_EVERY_STEPS);
  const curve = curveFile(join(work, 'curve.json'));
  let lossSum = 0;
  let lossSteps = 0;
  let trainedMs = 0;
  const weights = await trainLanguageModel({
    ...settings,
    forward,
    tokens: corpus.tokens,
    weights: () => initialWeights(forward, network.initialValue, settings.seed),
    product,
    checkpoint: {
      file: join(work, 'checkpoint.safetensors'),
      everyMs: CHECKPOINT_EVERY_MS,
      settings: JSON.stringify({ ...settings, network: network.configJson }),
    },
    async onStep(progress, readWeights) {
      const { step, steps, loss, gradientNorm, learningRate: rate, examples, stepMs } = progress;
      lossSum += loss;
      lossSteps += 1;
      trainedMs += stepMs;
      const text = line(progress);
      if (text) {
        console.log(text);
        events.scalar('loss', loss, step);
        events.scalar('gradient_norm', gradientNorm, step);
        events.scalar('learning_rate', rate, step);
        events.scalar('tokens_per_second', (examples * settings.contextTokens * 1000) / stepMs, step);
      }
      if (step % DEV_EVERY_STEPS !== 0 && step !== steps) return;
      const now = readWeights();
      const { bitsPerByte } = await devReport(now);
      const [first] = [...now];
      if (first) events.histogram(first[0], first[1].dataSync() as Float32Array, step);
      tf.dispose([...now.values()]);
      console.log(`dev, after step ${step}: ${bitsPerByte.toFixed(4)} bits per byte`);
      events.scalar('dev_bits_per_byte', bitsPerByte, step);
      curve.add({ step, loss: lossSum / lossSteps, devBitsPerByte: bitsPerByte });
      [lossSum, lossSteps] = [0, 0];
    },
  });
  events.close();

  const folder = join(work, 'model');
  mkdirSync(folder, { recursive: true });
  const write = (file: string, value: unknown) =>
    writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(weights, { format: 'pt' }));
  write('config.json', network.configJson);
  for (const [file, value] of Object.entries(corpus.files)) write(file, value);
  write('training.json', {
    network: name,
    settings,
    engine,
    parameters: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    corpusTokens: corpus.tokens.length,
    corpusBytes: corpus.bytes,
    tokensSeen: settings.steps * settings.batchRows * settings.contextTokens,
    minutes: trainedMs / 60_000,
    trainedAt: new Date().toISOString(),
    curve: curve.points(),
  });
  console.log(`trained: ${folder}`);
}

/** Kept beside the checkpoint, so that a training that goes on has its curve whole. */
function curveFile(file: string) {
  const read = (): CurvePoint[] => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []);
  return {
    add(point: CurvePoint) {
      const before = read().filter(({ step }) => step < point.step);
      writeFileSync(file, JSON.stringify([...before, point]));
    },
    points: read,
  };
}

await runScript(main);
