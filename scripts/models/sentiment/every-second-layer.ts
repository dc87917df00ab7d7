const LAYER = /\.encoder\.layer\.(\d+)\./;

/** Weights of an encoder with layers 0, 2, 4, … of another, renumbered; all else stays. */
export function everySecondLayer<T>(weights: ReadonlyMap<string, T>): Map<string, T> {
  const kept = new Map<string, T>();
  for (const [name, weight] of weights) {
    const layer = LAYER.exec(name)?.[1];
    if (layer === undefined) kept.set(name, weight);
    if (layer !== undefined && Number(layer) % 2 === 0) {
      kept.set(name.replace(LAYER, `.encoder.layer.${Number(layer) / 2}.`), weight);
    }
  }
  return kept;
}
