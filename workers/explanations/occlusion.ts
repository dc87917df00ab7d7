import type { ExplanationMethod } from './method.ts';

/** What the score loses without the unit (Zeiler and Fergus, 2014). One run a unit; blind to what units do together. */
export const occlusion: ExplanationMethod = {
  masks: (units) =>
    units === 1
      ? []
      : Array.from({ length: units }, (_, left) =>
          Uint8Array.from({ length: units }, (_unit, unit) => (unit === left ? 0 : 1)),
        ),
  values: (units, _masks, { whole, empty, masked }) =>
    Float64Array.from(
      { length: units },
      (_, unit) => whole - (units === 1 ? empty : (masked[unit] ?? whole)),
    ),
};
