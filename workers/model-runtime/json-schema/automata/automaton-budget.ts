import { PatternError } from './pattern-error.ts';

/** Tens of milliseconds over a whole schema: nobody has been asked for it yet. */
const STEPS_MAX = 300_000;

export type Spend = (steps: number) => void;

/** Throws once what is stepped through, over all patterns and bounds of a schema, is more than that. */
export function automatonBudget(): Spend {
  let left = STEPS_MAX;
  return (steps) => {
    left -= steps;
    if (left >= 0) return;
    throw new PatternError(
      'Patterns, formats, lengths and bounds of the schema are too large together: have fewer or simpler ones, and smaller counts.',
    );
  };
}
