import { SchemaRefusedError } from './schema-refused-error.ts';

/** Tens of milliseconds; what 64 KiB of branches can ask for is minutes, in which nobody is answered. */
const COMPARISONS_MAX = 250_000;

export type CountComparisons = (count: number) => void;

/** Throws where a schema has more branches to compare than that, over all of its parts. */
export function comparisonCounter(): CountComparisons {
  let left = COMPARISONS_MAX;
  return (count) => {
    left -= count;
    if (left >= 0) return;
    throw new SchemaRefusedError('', 'The schema has too many branches, in too many places, to compare.');
  };
}
