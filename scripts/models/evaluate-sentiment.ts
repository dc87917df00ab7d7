import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { digestModel, MODEL_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import {
  type OpenTextClassifier,
  openTextClassifier,
} from '#workers/model-runtime/onnx/open-text-classifier.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { trainBagOfWords } from './bag-of-words.ts';
import { balancedWeights } from './balanced-weights.ts';
import { REPOSITORY } from './base-folder.ts';
import { isCalibrationRow } from './calibrate.ts';
import { floatAgreement } from './float-agreement.ts';
import { judgeTexts } from './judge-texts.ts';
import {
  accuracy,
  accuracyTwoClass,
  bootstrap,
  bootstrapDifference,
  expectedCalibrationError,
  type Judged,
  type Measure,
  macroRecall,
} from './measures.ts';
import { runScript } from './run-script.ts';
import { readLabelledTexts, sentimentFile } from './sentiment-data.ts';
import type { SentimentMetrics } from './sentiment-metrics.ts';
import { writeSentimentCard } from './write-sentiment-card.ts';

const MODEL_ID = 'sentiment-1';
const MEASURES: Record<string, Measure> = {
  accuracy_two_class: accuracyTwoClass,
  macro_recall: macroRecall,
  accuracy,
};
/** By source, what is reported of it, the customary measure first. */
const REPORTED: Record<string, readonly string[]> = {
  'sst-sentence': ['accuracy_two_class', 'macro_recall', 'accuracy'],
  tweeteval: ['macro_recall', 'accuracy'],
  goemotions: ['macro_recall', 'accuracy'],
};
const ECE_BINS = 15;
const BASELINE_SEED = 1;

/** Measures what is shipped, beside a bag of words trained on the same rows; writes metrics.json and the card. */
async function main(): Promise<void> {
  const folder = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'sentiment');
  const train = readLabelledTexts(sentimentFile('train'));
  const dev = readLabelledTexts(sentimentFile('dev'));
  const model = await openTextClassifier(folder);
  const latency = await measureLatency(model);
  console.log('judging the dev rows');
  const judged = await judgeTexts(model, dev);
  console.log('training the bag of words');
  const words = trainBagOfWords(train, balancedWeights(train), BASELINE_SEED);
  const baseline: Judged[] = dev.map(({ label, text }) => ({ label, scores: words.scores(text) }));

  const data = Object.entries(REPORTED).flatMap(([source, names]) => {
    const ofSource = <T>(rows: readonly T[]) => rows.filter((_, index) => dev[index]?.source === source);
    const [ours, theirs] = [ofSource(judged), ofSource(baseline)];
    return names.map((metric) => {
      const measure = MEASURES[metric] ?? accuracy;
      return {
        source,
        metric,
        n: metric === 'accuracy_two_class' ? ours.filter(({ label }) => label !== 1).length : ours.length,
        ...bootstrap(ours, measure),
        baseline: bootstrap(theirs, measure),
        difference: bootstrapDifference(ours, theirs, measure),
      };
    });
  });
  const reportHalf = judged.filter((_, index) => dev[index] && !isCalibrationRow(dev[index]));
  console.log('comparing with the base in floats');
  const agreement = await floatAgreement(
    folder,
    dev.map(({ text }) => text),
    judged,
  );
  const head = readSafetensors(readFileSync(join(folder, MODEL_FILES.head)));
  const digest = await digestModel(folder);
  const metrics: SentimentMetrics = {
    id: MODEL_ID,
    task: 'sentiment',
    version: `${MODEL_ID}@${digest.slice(0, 8)}`,
    digest,
    trainedAt: head.metadata.trained_at ?? 'unknown',
    trainedRows: Number(head.metadata.trained_rows),
    settings: JSON.parse(head.metadata.settings ?? '{}'),
    data,
    ece: { value: expectedCalibrationError(reportHalf, ECE_BINS), bins: ECE_BINS, n: reportHalf.length },
    floatAgreement: { value: agreement, n: dev.length },
    latency,
    sizeBytes: Object.values(MODEL_FILES).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0),
  };
  writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  writeSentimentCard(folder, metrics);
  for (const { source, metric, value, low, high, baseline: words } of data) {
    const interval = `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
    console.log(`${source} ${metric} ${interval}, bag of words ${words.value.toFixed(3)}`);
  }
  console.log(
    `calibration error ${metrics.ece.value.toFixed(4)}, labels as in floats ${agreement.toFixed(4)}`,
  );
}

/** 14 tokens and the two special ones. */
const LATENCY_TEXT = 'the battery lasts all day but the screen is far too dark outside';
const LATENCY_RUNS = 200;

async function measureLatency(model: OpenTextClassifier): Promise<SentimentMetrics['latency']> {
  const input = { text: LATENCY_TEXT, truncate: false };
  const [first] = await model.classify([input]);
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let run = 0; run < LATENCY_RUNS; run++) {
    const startMs = performance.now();
    await model.classify([input]);
    times.push(performance.now() - startMs);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  return {
    cpuMs: (user + system) / 1000 / LATENCY_RUNS,
    p50Ms: times[LATENCY_RUNS / 2] ?? Number.NaN,
    tokens: first && 'inputTokens' in first ? first.inputTokens + 2 : 0,
    threads: 1,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
  };
}

await runScript(main);
