import { shuffled } from '#workers/model-zoo/seeded-random.ts';
import type { Judged } from './measures.ts';

interface Labelled {
  readonly label: number;
}

/** Row numbers of each fold: every label spread evenly over them (stratified), and as many rows in each. */
export function stratifiedFolds(rows: readonly Labelled[], folds: number, seed: number): number[][] {
  const parts: number[][] = Array.from({ length: folds }, () => []);
  const byLabel = [...shuffled(rows.length, seed)].sort((a, b) => labelOf(rows, a) - labelOf(rows, b));
  // Where one label ends the next goes on: if each began anew, few rows would leave a fold empty.
  byLabel.forEach((row, place) => void parts[place % folds]?.push(row));
  return parts;
}

function labelOf(rows: readonly Labelled[], row: number): number {
  return rows[row]?.label ?? 0;
}

/** Judges every row by a model that was trained on the other folds. One list of judged rows for each fold. */
export function crossValidate<Row extends Labelled>(
  rows: readonly Row[],
  folds: readonly (readonly number[])[],
  train: (rows: readonly Row[]) => (row: Row) => readonly number[],
): Judged[][] {
  return folds.map((held) => {
    const out = new Set(held);
    const scores = train(rows.filter((_, row) => !out.has(row)));
    return held.flatMap((index) => {
      const row = rows[index];
      return row ? [{ label: row.label, scores: scores(row) }] : [];
    });
  });
}
