/**
 * Area under the ROC curve: the chance that a row of the class scores above one that is not, ties counting half
 * (Mann and Whitney's U over the product of both counts). NaN where one of both is missing.
 */
export function rocAuc(scores: readonly number[], ofClass: readonly boolean[]): number {
  const order = scores.map((_, row) => row).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && scores[order[end] ?? 0] === scores[order[start] ?? 0]) end++;
    const meanRank = (start + 1 + end) / 2;
    for (let index = start; index < end; index++) {
      if (!ofClass[order[index] ?? 0]) continue;
      rankSum += meanRank;
      positives++;
    }
    start = end;
  }
  const negatives = scores.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
