import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '#scripts/models/base-folder.ts';
import { runScript } from '#scripts/models/run-script.ts';
import { isCalibrationRow } from '#scripts/models/sentiment/calibrate.ts';
import { LABELS, readLabelledTexts, sentimentFile } from '#scripts/models/sentiment/sentiment-data.ts';
import { describeEngine, type Engine } from '#workers/fine-tuning/engine/engine.ts';
import { digestModel, MODEL_FILES, readJson, servedFiles } from '#workers/model-runtime/onnx/model-folder.ts';
import { openTextClassifier } from '#workers/model-runtime/onnx/open-text-classifier.ts';
import type { LadderFigures, SentimentMetrics } from './cards/sentiment-metrics.ts';
import { writeSentimentCard } from './cards/write-sentiment-card.ts';
import { abstaining } from './measures/abstention.ts';
import { balancedWeights } from './measures/balanced-weights.ts';
import {
  accuracy,
  accuracyTwoClass,
  bootstrap,
  bootstrapDifference,
  expectedCalibrationError,
  type Judged,
  type Measure,
  macroRecall,
} from './measures/measures.ts';
import { setCoverage } from './measures/prediction-sets.ts';
import { confusionSvg } from './reports/confusion-svg.ts';
import { reliabilitySvg } from './reports/reliability-svg.ts';
import { reportOf } from './reports/report.ts';
import { trainBagOfWords } from './texts/bag-of-words.ts';
import { identityTerms, judgeFairness, judgeNegation, judgeRobustness } from './texts/judge-behaviour.ts';
import { judgeTexts } from './texts/judge-texts.ts';
import { measureLatency } from './texts/measure-latency.ts';

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

/** `training.json`, which `train:sentiment` begins and `export:sentiment` ends. */
interface TrainingRecord {
  readonly settings: SentimentMetrics['settings'];
  readonly engine: Engine;
  readonly rows: number;
  readonly trainedAt: string;
  readonly precision: LadderFigures['precision'];
  readonly ladder: readonly LadderFigures[];
  readonly ladderNote?: string;
}

interface Thresholds {
  readonly prediction_sets: readonly { readonly coverage: number; readonly threshold: number }[];
  readonly abstention: readonly { readonly accuracy: number; readonly threshold: number }[];
}

/** Measures what is shipped, beside a bag of words trained on the same rows; writes metrics.json and the card. */
async function main(): Promise<void> {
  const folder = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'sentiment');
  const read = async <T>(file: string) => (await readJson(folder, file)) as unknown as T;
  const training = await read<TrainingRecord>('training.json');
  const thresholds = await read<Thresholds>(MODEL_FILES.calibration);
  const train = readLabelledTexts(sentimentFile('train'));
  const dev = readLabelledTexts(sentimentFile('dev'));
  const model = await openTextClassifier(folder);
  const latency = await measureLatency(model.classify);
  console.log('judging the dev rows');
  const judged = await judgeTexts(model, dev, LABELS);
  console.log('training the bag of words');
  const weights = balancedWeights(train, LABELS.length);
  const words = trainBagOfWords(train, weights, LABELS.length, BASELINE_SEED);
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
  console.log('fairness, robustness, negation');
  const digest = await digestModel(folder);
  const metrics: SentimentMetrics = {
    id: MODEL_ID,
    task: 'sentiment',
    version: `${MODEL_ID}@${digest.slice(0, 8)}`,
    digest,
    trainedAt: training.trainedAt,
    trainedRows: training.rows,
    engine: describeEngine(training.engine),
    settings: training.settings,
    data,
    ece: { value: expectedCalibrationError(reportHalf, ECE_BINS), bins: ECE_BINS, n: reportHalf.length },
    floatAgreement: {
      value:
        training.ladder.find(({ precision }) => precision === training.precision)?.agreement ?? Number.NaN,
      n: dev.length,
    },
    predictionSets: thresholds.prediction_sets.map(({ coverage, threshold }) => ({
      stated: coverage,
      ...setCoverage(reportHalf, threshold),
    })),
    abstention: thresholds.abstention.map((wanted) => ({
      wanted: wanted.accuracy,
      ...abstaining(reportHalf, wanted.threshold),
    })),
    fairness: await judgeFairness(model),
    identityTerms: await identityTerms(model),
    robustness: await judgeRobustness(model, dev),
    negation: await judgeNegation(model),
    comparison: existsSync(join(folder, 'comparison.json'))
      ? (await read<{ results: SentimentMetrics['comparison'] }>('comparison.json')).results
      : [],
    ladder: training.ladder,
    ladderNote: training.ladderNote,
    latency,
    sizeBytes: servedFiles(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0),
  };
  writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  const report = reportOf(reportHalf, LABELS);
  const pictures = join(folder, 'pictures');
  mkdirSync(pictures, { recursive: true });
  writeFileSync(join(pictures, 'reliability.svg'), reliabilitySvg(report.reliability, report.ece));
  writeFileSync(join(pictures, 'confusion.svg'), confusionSvg(reportOf(judged, LABELS).confusion, LABELS));
  writeSentimentCard(folder, metrics);
  for (const { source, metric, value, low, high, baseline: bag } of data) {
    const interval = `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
    console.log(`${source} ${metric} ${interval}, bag of words ${bag.value.toFixed(3)}`);
  }
  console.log(
    `calibration error ${metrics.ece.value.toFixed(4)}, labels as in floats ${metrics.floatAgreement.value.toFixed(4)}`,
  );
}

await runScript(main);
