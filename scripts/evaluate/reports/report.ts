import {
  accuracy,
  accuracyTwoClass,
  best,
  bootstrapCounts,
  equalMassBins,
  expectedCalibrationError,
  type Judged,
} from '../measures/measures.ts';
import { rocAuc } from '../measures/roc-auc.ts';

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
    intervals: intervalsOf(rows, labels.length),
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

/** Both only depend on how often what was right was given as what. */
function intervalsOf(rows: readonly Judged[], labels: number): Report['intervals'] {
  const cells = rows.map(({ label, scores }) => label * labels + best(scores));
  const kinds = [...new Set(cells)];
  const places = new Map(kinds.map((cell, kind) => [cell, kind]));
  const kindOfRow = Int32Array.from(cells, (cell) => places.get(cell) ?? 0);
  const pairs = kinds.map((cell) => ({ right: Math.floor(cell / labels), given: cell % labels }));
  const [accuracyInterval = [0, 0], macroF1Interval = [0, 0]] = bootstrapCounts(kindOfRow, kinds.length, [
    (counts) =>
      pairs.reduce((sum, { right, given }, kind) => sum + (right === given ? (counts[kind] ?? 0) : 0), 0) /
      rows.length,
    (counts) => macroF1(pairs, counts, labels),
  ]);
  return { accuracy: accuracyInterval, macroF1: macroF1Interval };
}

interface Pair {
  readonly right: number;
  readonly given: number;
}

/** Over the classes that occur. */
function macroF1(pairs: readonly Pair[], counts: Int32Array, labels: number): number {
  const [hits, rows, answers] = [0, 1, 2].map(() => new Int32Array(labels)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  pairs.forEach(({ right, given }, kind) => {
    const count = counts[kind] ?? 0;
    rows[right] = (rows[right] ?? 0) + count;
    answers[given] = (answers[given] ?? 0) + count;
    if (right === given) hits[right] = count;
  });
  let sum = 0;
  let occurring = 0;
  for (let label = 0; label < labels; label++) {
    const n = rows[label] ?? 0;
    if (n === 0) continue;
    occurring++;
    sum += (2 * (hits[label] ?? 0)) / (n + (answers[label] ?? 0));
  }
  return occurring > 0 ? sum / occurring : 0;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
