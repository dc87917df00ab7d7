/**
 * Splits a batch into runs of texts of like length, so that little is computed for padding. Returns the texts'
 * positions, shortest first. A run's padded size is at most `paddedTokensMax` unless one text alone is larger.
 */
export function splitByLength(
  lengths: readonly number[],
  paddedTokensMax: number,
  wasteTokensMax = WASTE_TOKENS_MAX,
): number[][] {
  const order = lengths.map((_, index) => index).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  const runs: number[][] = [];
  let run: number[] = [];
  let runTokens = 0;
  for (const index of order) {
    const length = lengths[index] ?? 0;
    const padded = length * (run.length + 1);
    const padding = padded - runTokens - length;
    if (run.length > 0 && (padded > paddedTokensMax || padding > wasteTokensMax)) {
      runs.push(run);
      run = [];
      runTokens = 0;
    }
    run.push(index);
    runTokens += length;
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

/**
 * Padding up to which one more text is cheaper inside a run than in a run of its own: a run costs about 0.4 ms beside
 * its tokens, a token 0.06 ms (all-MiniLM-L6-v2, one core).
 */
const WASTE_TOKENS_MAX = 7;
