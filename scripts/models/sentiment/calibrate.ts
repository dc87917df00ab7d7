import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { abstentionThreshold } from '#scripts/evaluate/measures/abstention.ts';
import { accuracy, equalMassBins, type Judged } from '#scripts/evaluate/measures/measures.ts';
import { setThreshold } from '#scripts/evaluate/measures/prediction-sets.ts';
import { judgeTexts } from '#scripts/evaluate/texts/judge-texts.ts';
import { type Calibration, probabilities } from '#workers/model-runtime/onnx/calibration.ts';
import { MODEL_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { openTextClassifier } from '#workers/model-runtime/onnx/open-text-classifier.ts';
import { hashText } from '#workers/model-zoo/seeded-random.ts';
import { LABELS, type LabelledText, readLabelledTexts } from './sentiment-data.ts';

export const UNCALIBRATED: Calibration = {
  temperature: 1,
  bins: [{ upTo: 1, accuracy: 0, low: 0, high: 1, n: 1 }],
};
/** Of the prediction sets: how often they hold the right label. */
const COVERAGES = [0.8, 0.9, 0.95];
/** Of what is answered where the rest is withheld. */
const ACCURACIES = [0.8, 0.9];
const INTERVAL_BINS = 12;
/** 90 % of a normal distribution lies within so many deviations. */
const Z_90 = 1.6449;

/** Half of the dev rows, by a hash of the text, fits the calibration; what is reported of it comes from the other. */
export function isCalibrationRow({ text }: LabelledText): boolean {
  return hashText(text) % 2 === 0;
}

/** Fits temperature, intervals and thresholds on the calibration half of the dev rows and writes `calibration.json`. */
export async function calibrate(folder: string, devFile: string): Promise<void> {
  const rows = readLabelledTexts(devFile).filter(isCalibrationRow);
  const judged = await judgeTexts(await openTextClassifier(folder, UNCALIBRATED), rows, LABELS);
  const calibration = calibrationOf(judged, { data: 'dev', half: 'FNV-1a of the text is even' });
  writeFileSync(join(folder, MODEL_FILES.calibration), `${JSON.stringify(calibration, null, 2)}\n`);
  console.log(`calibration: temperature ${calibration.temperature.toFixed(3)} on ${rows.length} rows`);
}

/** `calibration.json` from rows that a model judged with temperature 1, and that it was not trained on. */
export function calibrationOf(
  judged: readonly Judged[],
  { data, ...more }: Readonly<Record<'data', string> & Record<string, string>>,
  accuracies: readonly number[] = ACCURACIES,
) {
  // With temperature 1 the logarithms of the scores are the logits up to a constant, which softmax ignores.
  const logits = judged.map(({ label, scores }) => ({
    label,
    scores: scores.map((score) => Math.log(score)),
  }));
  const temperature = fitTemperature(logits);
  const calibrated = logits.map(({ label, scores }) => ({
    label,
    scores: probabilities(scores, temperature),
  }));
  return {
    temperature,
    bins: intervalBins(calibrated),
    prediction_sets: COVERAGES.map((coverage) => ({
      coverage,
      threshold: setThreshold(calibrated, coverage),
    })),
    abstention: accuracies.flatMap((wanted) => {
      const threshold = abstentionThreshold(calibrated, wanted);
      return threshold === undefined ? [] : [{ accuracy: wanted, threshold }];
    }),
    fitted_on: { data, rows: judged.length, ...more },
    interval: 'Wilson, 90 %',
  };
}

/** Golden-section search for the least mean negative log likelihood, which has one minimum. */
function fitTemperature(logits: readonly Judged[]): number {
  const loss = (temperature: number) =>
    logits.reduce(
      (sum, { label, scores }) => sum - Math.log(probabilities(scores, temperature)[label] ?? 0),
      0,
    );
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0.25, 4];
  while (high - low > 1e-4) {
    const left = high - ratio * (high - low);
    const right = low + ratio * (high - low);
    [low, high] = loss(left) < loss(right) ? [low, right] : [left, high];
  }
  return Math.round(((low + high) / 2) * 1e4) / 1e4;
}

function intervalBins(judged: readonly Judged[]) {
  const bins = withoutTiedLimits(equalMassBins(judged, INTERVAL_BINS));
  return bins.map((rows, index) => {
    const n = rows.length;
    const share = accuracy(rows);
    const spread = 1 + Z_90 ** 2 / n;
    const centre = (share + Z_90 ** 2 / (2 * n)) / spread;
    const half = (Z_90 / spread) * Math.sqrt((share * (1 - share)) / n + Z_90 ** 2 / (4 * n * n));
    const upTo = index === bins.length - 1 ? 1 : greatestConfidence(rows);
    return { upTo, accuracy: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half), n };
  });
}

/** Where many rows have the same confidence, as where a model is always sure, bins would end at the same place: they are one. */
function withoutTiedLimits(bins: readonly (readonly Judged[])[]): (readonly Judged[])[] {
  return bins.reduce<(readonly Judged[])[]>((merged, rows) => {
    const before = merged.at(-1);
    if (!before || greatestConfidence(before) < greatestConfidence(rows)) return [...merged, rows];
    return [...merged.slice(0, -1), [...before, ...rows]];
  }, []);
}

function greatestConfidence(rows: readonly Judged[]): number {
  return Math.max(...rows.map(({ scores }) => Math.max(...scores)));
}
