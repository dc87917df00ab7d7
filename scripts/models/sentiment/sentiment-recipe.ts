import { LABELS, type LabelledText } from './sentiment-data.ts';

/**
 * How much of each source an epoch takes. Phrases and lists of pros and cons are many and say little each; phrases
 * with no feeling in them are half of all phrases.
 */
function share({ source, label }: LabelledText): number {
  if (source === 'sst-phrase') return LABELS[label] === 'neutral' ? 0.15 : 0.6;
  if (source === 'pros-cons') return 0.2;
  return 1;
}

export function rowShares(rows: readonly LabelledText[]): Float32Array {
  return Float32Array.from(rows, share);
}

/** Within each source, the square root of the inverse share of the row's label; mean 1 over what an epoch takes. */
export function rowWeights(rows: readonly LabelledText[], shares: Float32Array): Float32Array {
  const bySource = new Map<string, number[]>();
  rows.forEach(({ source }, index) => {
    const indices = bySource.get(source);
    if (indices) indices.push(index);
    else bySource.set(source, [index]);
  });
  const weights = new Float32Array(rows.length);
  for (const indices of bySource.values()) {
    const taken = LABELS.map((_, label) =>
      total(indices, (index) => (rows[index]?.label === label ? (shares[index] ?? 0) : 0)),
    );
    const all = taken.reduce((sum, count) => sum + count, 0);
    const present = taken.filter((count) => count > 0).length;
    for (const index of indices) {
      weights[index] = Math.sqrt(all / (present * (taken[rows[index]?.label ?? 0] ?? 1)));
    }
    const mean = total(indices, (index) => (weights[index] ?? 0) * (shares[index] ?? 0)) / all;
    for (const index of indices) weights[index] = (weights[index] ?? 0) / mean;
  }
  return weights;
}

function total(indices: readonly number[], value: (index: number) => number): number {
  return indices.reduce((sum, index) => sum + value(index), 0);
}
