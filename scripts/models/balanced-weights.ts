import { LABELS, type LabelledText } from './sentiment-data.ts';

/** Between what the rows are and one share for each label: the square root of the inverse share, mean 1. */
export function balancedWeights(rows: readonly LabelledText[]): Float32Array {
  const counts = LABELS.map((_, label) => rows.filter((row) => row.label === label).length);
  const weights = counts.map((count) => Math.sqrt(rows.length / (LABELS.length * Math.max(1, count))));
  const mean = counts.reduce((sum, count, label) => sum + count * (weights[label] ?? 0), 0) / rows.length;
  return Float32Array.from(rows, ({ label }) => (weights[label] ?? 1) / mean);
}
