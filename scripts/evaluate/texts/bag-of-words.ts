import { hashText, shuffled } from '#workers/model-zoo/seeded-random.ts';

/**
 * The baseline of the card: logistic regression on hashed words and pairs of words, the same rows and the same
 * balance of labels as the model. Adagrad, since words are rare to very different degrees.
 */
const BUCKETS = 2 ** 20;
const EPOCHS = 6;
const LEARNING_RATE = 0.08;
const L2 = 1e-6;

export interface BagOfWords {
  scores(text: string): number[];
}

export function trainBagOfWords(
  rows: readonly { readonly label: number; readonly text: string }[],
  rowWeights: Float32Array,
  labels: number,
  seed: number,
): BagOfWords {
  const weights = Array.from({ length: labels }, () => new Float32Array(BUCKETS));
  const squares = weights.map(() => new Float32Array(BUCKETS).fill(1e-4));
  const features = rows.map(({ text }) => buckets(text));
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const row of shuffled(rows.length, seed + epoch)) {
      const active = features[row] ?? new Uint32Array();
      const scores = score(weights, active);
      const size = Math.sqrt(active.length) || 1;
      for (let label = 0; label < labels; label++) {
        const target = rows[row]?.label === label ? 1 : 0;
        const slope = ((scores[label] ?? 0) - target) * ((rowWeights[row] ?? 1) / size);
        step(weights[label], squares[label], active, slope);
      }
    }
  }
  return { scores: (text) => score(weights, buckets(text)) };
}

function step(
  weights: Float32Array | undefined,
  squares: Float32Array | undefined,
  active: Uint32Array,
  slope: number,
): void {
  if (!weights || !squares) return;
  for (const bucket of active) {
    const gradient = slope + L2 * (weights[bucket] ?? 0);
    const square = (squares[bucket] ?? 0) + gradient * gradient;
    squares[bucket] = square;
    weights[bucket] = (weights[bucket] ?? 0) - (LEARNING_RATE * gradient) / Math.sqrt(square);
  }
}

/** Softmax over the labels; a text's features have length 1 together. */
function score(weights: readonly Float32Array[], active: Uint32Array): number[] {
  const size = Math.sqrt(active.length) || 1;
  const exponentials = weights.map((ofLabel) => {
    let sum = 0;
    for (const bucket of active) sum += ofLabel[bucket] ?? 0;
    return Math.exp(Math.min(30, sum / size));
  });
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

/** Every word and every pair of neighbours, once. */
function buckets(text: string): Uint32Array {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:'\p{L}+)?|[^\s\p{L}\p{N}]+/gu) ?? [];
  const found = new Set<number>();
  words.forEach((word, index) => {
    found.add(hashText(word) % BUCKETS);
    found.add(hashText(`${words[index - 1] ?? ''} ${word}`) % BUCKETS);
  });
  return Uint32Array.from(found);
}
