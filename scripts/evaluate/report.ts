import {
  accuracy,
  accuracyTwoClass,
  best,
  bootstrap,
  equalMassBins,
  expectedCalibrationError,
  type Judged,
  type Measure,
} from './measures.ts';
import { rocAuc } from './roc-auc.ts';

export interface ClassReport {
  readonly n: number;
  readonly precision: number | null; // of what was given this label
  readonly recall: number | null;
  readonly f1: number;
  /** Against all other classes together. */
  readonly rocAuc: number | null;
}

export interface Report {
  readonly n: number;
  readonly accuracy: number;
  /** Without neutral rows, the two other scores renormalised; null where the labels are others. */
  readonly accuracyTwoClass: number | null;
  /** A class that occurs and is never given counts as 0, as it does in macro F1: leaving it out would flatter. */
  readonly macroPrecision: number | null;
  readonly macroRecall: number | null;
  readonly macroF1: number;
  readonly macroRocAuc: number | null;
  /** Expected calibration error over 15 bins of as many rows each. */
  readonly ece: number;
  /** 95 %, by bootstrap. */
  readonly intervals: Readonly<Record<'accuracy' | 'macroF1', readonly [low: number, high: number]>>;
  readonly classes: Readonly<Record<string, ClassReport>>;
  /** Rows are what was right, columns what was given, in the order of the labels. */
  readonly confusion: readonly (readonly number[])[];
  readonly reliability: readonly ReliabilityBin[];
}

export interface ReliabilityBin {
  readonly confidence: number;
  readonly accuracy: number;
  readonly n: number;
}

const BINS = 15;

/** Everything that is said of rows that a model has judged. `labels` in the order of the scores. */
export function reportOf(rows: readonly Judged[], labels: readonly string[]): Report {
  const confusion = confusionOf(rows, labels.length);
  const classes = labels.map((_, label) => classReport(rows, confusion, label));
  const seen = classes.filter(({ n }) => n > 0);
  const isSentiment = labels.join() === 'negative,neutral,positive';
  return {
    n: rows.length,
    accuracy: accuracy(rows),
    accuracyTwoClass: isSentiment ? finite(accuracyTwoClass(rows)) : null,
    macroPrecision: mean(seen.map(({ precision }) => precision ?? 0)),
    macroRecall: mean(seen.map(({ recall }) => recall)),
    macroF1: mean(seen.map(({ f1 }) => f1)) ?? 0,
    macroRocAuc: mean(seen.map(({ rocAuc }) => rocAuc)),
    ece: expectedCalibrationError(rows, BINS),
    intervals: {
      accuracy: intervalOf(rows, accuracy),
      macroF1: intervalOf(rows, (picked) => macroF1(picked, labels.length)),
    },
    classes: Object.fromEntries(labels.map((label, index) => [label, classes[index] as ClassReport])),
    confusion,
    reliability: equalMassBins(rows, BINS).map((bin) => ({
      confidence: bin.reduce((sum, { scores }) => sum + Math.max(...scores), 0) / bin.length,
      accuracy: accuracy(bin),
      n: bin.length,
    })),
  };
}

/** A report of each source by itself, in the order of their names. `rows` stand beside what was judged of them. */
export function reportsBySource(
  judged: readonly Judged[],
  rows: readonly { readonly source: string }[],
  labels: readonly string[],
): Record<string, Report> {
  const sources = [...new Set(rows.map(({ source }) => source))].sort();
  return Object.fromEntries(
    sources.map((source) => {
      const own = judged.filter((_, index) => rows[index]?.source === source);
      return [source, reportOf(own, labels)];
    }),
  );
}

function confusionOf(rows: readonly Judged[], labels: number): number[][] {
  const counts = Array.from({ length: labels }, () => new Array<number>(labels).fill(0));
  for (const { label, scores } of rows) {
    const row = counts[label] as number[];
    row[best(scores)] = (row[best(scores)] ?? 0) + 1;
  }
  return counts;
}

function classReport(
  rows: readonly Judged[],
  confusion: readonly (readonly number[])[],
  label: number,
): ClassReport {
  const { n, precision, recall, f1 } = precisionRecall(confusion, label);
  const area = rocAuc(
    rows.map(({ scores }) => scores[label] ?? 0),
    rows.map((row) => row.label === label),
  );
  return { n, precision, recall, f1, rocAuc: finite(area) };
}

function precisionRecall(confusion: readonly (readonly number[])[], label: number) {
  const n = (confusion[label] ?? []).reduce((sum, count) => sum + count, 0);
  const given = confusion.reduce((sum, row) => sum + (row[label] ?? 0), 0);
  const right = confusion[label]?.[label] ?? 0;
  return {
    n,
    precision: given > 0 ? right / given : null,
    recall: n > 0 ? right / n : null,
    f1: n + given > 0 ? (2 * right) / (n + given) : 0,
  };
}

/** Over the classes that occur. */
function macroF1(rows: readonly Judged[], labels: number): number {
  const confusion = confusionOf(rows, labels);
  const classes = confusion.map((_, label) => precisionRecall(confusion, label)).filter(({ n }) => n > 0);
  return mean(classes.map(({ f1 }) => f1)) ?? 0;
}

function intervalOf(rows: readonly Judged[], measure: Measure): [number, number] {
  const { low, high } = bootstrap(rows, measure);
  return [low, high];
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
