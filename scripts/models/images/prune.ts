import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';

/**
 * Sets the smallest of the convolutions' weights to 0, so many of all of them together (magnitude pruning; Han and others,
 * 2015). Biases, normalisations, the last layer and what `isKept` names stay.
 */
export function pruneSmallest(
  weights: ReadonlyMap<string, StoredTensor>,
  share: number,
  isKept: (name: string) => boolean = () => false,
): Map<string, StoredTensor> {
  const filters = [...weights].filter(([name]) => name.endsWith('.conv.weight') && !isKept(name));
  const magnitudes = Float32Array.from(
    filters.flatMap(([, { data }]) => Array.from(data as Float32Array, Math.abs)),
  );
  magnitudes.sort();
  const threshold = magnitudes[Math.floor(share * magnitudes.length)] ?? 0;
  const pruned = filters.map(([name, { shape, data }]) => {
    const kept = Float32Array.from(data as Float32Array, (value) =>
      Math.abs(value) < threshold ? 0 : value,
    );
    return [name, { shape, data: kept } satisfies StoredTensor] as const;
  });
  return new Map([...weights, ...pruned]);
}
