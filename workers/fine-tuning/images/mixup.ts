/** How a batch is blended with itself in another order. */
export interface Mixup {
  /** What each picture keeps; the rest is of its partner. */
  readonly share: number;
  /** By place in the batch. */
  readonly partners: readonly number[];
}

/** Zhang and others, 2018: a share of Beta(alpha, alpha), partners at random. `alpha` 0: nothing is blended. */
export function drawMixup(rows: number, alpha: number, random: () => number): Mixup {
  const identity = Array.from({ length: rows }, (_, row) => row);
  if (alpha === 0) return { share: 1, partners: identity };
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [identity[last], identity[other]] = [identity[other] as number, identity[last] as number];
  }
  return { share: beta(alpha, random), partners: identity };
}

/** Jöhnk's method (1964), which is quick for the small alphas that are customary. */
function beta(alpha: number, random: () => number): number {
  for (;;) {
    const [x, y] = [random() ** (1 / alpha), random() ** (1 / alpha)];
    if (x + y > 0 && x + y <= 1) return x / (x + y);
  }
}
