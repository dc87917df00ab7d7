import { shuffled } from '#workers/model-zoo/seeded-random.ts';
import type { Judged } from './measures.ts';

interface Labelled {
  readonly label: number;
}

/** Row numbers of each fold, every label spread evenly over them (stratified). */
export function stratifiedFolds(rows: readonly Labelled[], folds: number, seed: number): number[][] {
  const parts: number[][] = Array.from({ length: folds }, () => []);
  const dealt = new Map<number, number>();
  for (const row of shuffled(rows.length, seed)) {
    const label = rows[row]?.label ?? 0;
    const count = dealt.get(label) ?? 0;
    dealt.set(label, count + 1);
    parts[(count + label) % folds]?.push(row);
  }
  return parts;
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
