import { accuracy, type Judged } from './measures.ts';

export interface Abstention {
  /** Answers with a lower score than this are withheld. */
  readonly threshold: number;
  readonly accuracy: number; // of what is answered
  readonly answered: number; // share of the rows
}

/** The lowest threshold at which what is answered is right as often as wanted; undefined where none is. */
export function abstentionThreshold(rows: readonly Judged[], accuracyWanted: number): number | undefined {
  const ordered = rows
    .map(({ label, scores }) => {
      const score = Math.max(...scores);
      return { score, right: scores.indexOf(score) === label };
    })
    .sort((a, b) => b.score - a.score);
  let right = 0;
  let threshold: number | undefined;
  ordered.forEach((row, index) => {
    if (row.right) right++;
    const tied = ordered[index + 1]?.score === row.score;
    if (!tied && right / (index + 1) >= accuracyWanted) threshold = row.score;
  });
  return threshold;
}

export function abstaining(rows: readonly Judged[], threshold: number): Abstention {
  const answered = rows.filter(({ scores }) => Math.max(...scores) >= threshold);
  return { threshold, accuracy: accuracy(answered), answered: answered.length / rows.length };
}
