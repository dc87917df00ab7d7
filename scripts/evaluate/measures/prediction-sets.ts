import type { Judged } from './measures.ts';

/**
 * Split conformal prediction with the least ambiguous sets (Angelopoulos and Bates, 2021, arXiv:2107.07511, section
 * 1): a label is in the set if its probability is at least the threshold. Over rows like those it was fitted on, the
 * right label is in the set with at least the stated coverage.
 */
export function setThreshold(rows: readonly Judged[], coverage: number): number {
  const ofRight = rows.map(({ label, scores }) => scores[label] ?? 0).sort((a, b) => b - a);
  const rank = Math.ceil((rows.length + 1) * coverage);
  return ofRight[rank - 1] ?? 0;
}

export function predictionSet(scores: readonly number[], threshold: number): number[] {
  return scores.flatMap((score, label) => (score >= threshold ? [label] : []));
}

/** Share of rows whose set holds the right label, and the mean size of a set. */
export function setCoverage(rows: readonly Judged[], threshold: number): { coverage: number; size: number } {
  const sets = rows.map(({ scores }) => predictionSet(scores, threshold));
  const covered = rows.filter(({ label }, index) => sets[index]?.includes(label)).length;
  return { coverage: covered / rows.length, size: sets.flat().length / rows.length };
}
