/** Between what the rows are and one share for each label: the square root of the inverse share, mean 1. */
export function balancedWeights(rows: readonly { readonly label: number }[], labels: number): Float32Array {
  const counts = new Array<number>(labels).fill(0);
  for (const { label } of rows) counts[label] = (counts[label] ?? 0) + 1;
  const weights = counts.map((count) => Math.sqrt(rows.length / (labels * Math.max(1, count))));
  const mean = counts.reduce((sum, count, label) => sum + count * (weights[label] ?? 0), 0) / rows.length;
  return Float32Array.from(rows, ({ label }) => (weights[label] ?? 1) / mean);
}
