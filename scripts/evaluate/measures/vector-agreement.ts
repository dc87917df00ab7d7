import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import type { VectorAgreement } from '../cards/embedding-metrics.ts';

const NEAREST = 10;
const PAIRS = 20_000;
/** Texts whose neighbours are looked for. */
const ASKED = 300;
const SEED = 1;

/** How far vectors of length 1 are from others of the same texts: each by itself, and in what they are used for. */
export function vectorAgreement(
  actual: readonly Float32Array[],
  wanted: readonly Float32Array[],
): VectorAgreement {
  const cosines = actual.map((vector, at) => dot(vector, vectorAt(wanted, at))).sort((a, b) => a - b);
  const random = randomNumbers(SEED);
  const pick = () => Math.floor(random() * actual.length);
  const pairs = Array.from({ length: PAIRS }, () => [pick(), pick()] as const).filter(([a, b]) => a !== b);
  const over = (vectors: readonly Float32Array[]) =>
    pairs.map(([a, b]) => dot(vectorAt(vectors, a), vectorAt(vectors, b)));
  const asked = Array.from({ length: Math.min(ASKED, actual.length) }, (_, at) => at);
  const kept = asked.map((at) => {
    const nearest = new Set(nearestTo(wanted, at));
    return nearestTo(actual, at).filter((other) => nearest.has(other)).length / nearest.size;
  });
  return {
    texts: actual.length,
    cosine: mean(cosines),
    cosineOfWorst: cosines[Math.floor(cosines.length / 1_000)] ?? Number.NaN,
    rankCorrelation: correlation(ranks(over(actual)), ranks(over(wanted))),
    neighbours: mean(kept),
  };
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/** Equal values share the mean of their places. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranked = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (const at of order.slice(from, to)) ranked[at] = (from + to - 1) / 2;
    from = to;
  }
  return ranked;
}

/** Pearson's. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    const [x, y] = [(a[at] ?? 0) - meanA, (b[at] ?? 0) - meanB];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return both / Math.sqrt(squaresA * squaresB);
}

function nearestTo(vectors: readonly Float32Array[], at: number): number[] {
  const asked = vectorAt(vectors, at);
  return vectors
    .map((vector, other) => ({ other, cosine: other === at ? -1 : dot(asked, vector) }))
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, NEAREST)
    .map(({ other }) => other);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function vectorAt(vectors: readonly Float32Array[], at: number): Float32Array {
  return vectors[at] ?? new Float32Array();
}
