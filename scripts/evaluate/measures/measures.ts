import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';

/** One judged row: what was right, and the probability that the model gave each label. */
export interface Judged {
  readonly label: number;
  readonly scores: readonly number[];
}

export type Measure = (rows: readonly Judged[]) => number;

export interface Estimate {
  readonly value: number;
  /** 95 % interval by bootstrap. */
  readonly low: number;
  readonly high: number;
}

export const accuracy: Measure = (rows) => share(rows, (row) => best(row.scores) === row.label);

/** Recall by label, each label counting the same. */
export const macroRecall: Measure = (rows) => {
  const labels = [...new Set(rows.map(({ label }) => label))];
  const recalls = labels.map((label) => accuracy(rows.filter((row) => row.label === label)));
  return recalls.reduce((sum, recall) => sum + recall, 0) / labels.length;
};

/** Of the rows that are not neutral (label 1), the share whose larger of the two other scores is the right one. */
export const accuracyTwoClass: Measure = (rows) =>
  share(
    rows.filter(({ label }) => label !== 1),
    ({ label, scores }) => ((scores[2] ?? 0) > (scores[0] ?? 0) ? 2 : 0) === label,
  );

const RESAMPLES = 1000;
const SEED = 1;

export function bootstrap(rows: readonly Judged[], measure: Measure): Estimate {
  return interval(measure(rows), (pick) => measure(pick(rows)), rows.length);
}

/** Of a measure's difference between two models over the same rows, resampled together. */
export function bootstrapDifference(
  rows: readonly Judged[],
  baseline: readonly Judged[],
  measure: Measure,
): Estimate {
  return interval(
    measure(rows) - measure(baseline),
    (pick) => measure(pick(rows)) - measure(pick(baseline)),
    rows.length,
  );
}

function interval(
  value: number,
  resampled: (pick: (rows: readonly Judged[]) => Judged[]) => number,
  count: number,
): Estimate {
  const random = randomNumbers(SEED);
  const values = Array.from({ length: RESAMPLES }, () => {
    const positions = Array.from({ length: count }, () => Math.floor(random() * count));
    return resampled((rows) => positions.map((position) => rows[position] as Judged));
  });
  const [low, high] = middle95(values);
  return { value, low, high };
}

/**
 * The intervals of measures that only depend on how many rows there are of each kind. The same resamples as above, many times
 * faster: of a row no more than its kind is looked at.
 */
export function bootstrapCounts(
  kindOfRow: Int32Array,
  kinds: number,
  measures: readonly ((counts: Int32Array) => number)[],
): (readonly [low: number, high: number])[] {
  const random = randomNumbers(SEED);
  const counts = new Int32Array(kinds);
  const values = measures.map(() => new Array<number>(RESAMPLES).fill(0));
  for (let resample = 0; resample < RESAMPLES; resample++) {
    counts.fill(0);
    for (let row = 0; row < kindOfRow.length; row++) {
      const kind = kindOfRow[Math.floor(random() * kindOfRow.length)] ?? 0;
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    measures.forEach((measure, index) => {
      const ofMeasure = values[index];
      if (ofMeasure) ofMeasure[resample] = measure(counts);
    });
  }
  return values.map(middle95);
}

function middle95(values: readonly number[]): readonly [low: number, high: number] {
  const ordered = values.toSorted((a, b) => a - b);
  const at = (quantile: number) => ordered[Math.round(quantile * (RESAMPLES - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/** A share of yes, with its interval. */
export function bootstrapShare(answers: readonly boolean[]): Estimate {
  return bootstrap(
    answers.map((yes) => ({ label: 0, scores: yes ? [1, 0] : [0, 1] })),
    accuracy,
  );
}

/** Mean distance of confidence and accuracy over bins of as many rows each. */
export function expectedCalibrationError(rows: readonly Judged[], bins: number): number {
  return equalMassBins(rows, bins).reduce((sum, bin) => {
    const confidence = bin.reduce((total, { scores }) => total + Math.max(...scores), 0) / bin.length;
    return sum + (Math.abs(confidence - accuracy(bin)) * bin.length) / rows.length;
  }, 0);
}

/** By confidence, ascending. */
export function equalMassBins(rows: readonly Judged[], bins: number): Judged[][] {
  const ordered = rows.toSorted((a, b) => Math.max(...a.scores) - Math.max(...b.scores));
  return Array.from({ length: bins }, (_, bin) =>
    ordered.slice(Math.round((bin * ordered.length) / bins), Math.round(((bin + 1) * ordered.length) / bins)),
  ).filter((rowsOfBin) => rowsOfBin.length > 0);
}

export function best(scores: readonly number[]): number {
  return scores.indexOf(Math.max(...scores));
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.length === 0 ? Number.NaN : items.filter(holds).length / items.length;
}
