/** Which units of an input stay: 1, or are taken out: 0. */
export type Mask = Uint8Array;

/**
 * A way to say what each unit of an input does to a score. It perturbs and scores: it names the masks to score, and
 * makes values of the scores. What a unit is (a word, a patch of a picture) and how a mask becomes an input is the
 * caller's business.
 */
export interface ExplanationMethod {
  /** The masks to score, in order; always the same for the same seed. Neither the whole nor the empty input. */
  masks(units: number, options: MethodOptions): Mask[];
  /** A value for each unit, out of the scores of the whole, of the empty input and of the masks. */
  values(units: number, masks: readonly Mask[], scores: MaskScores): Float64Array;
}

export interface MethodOptions {
  /** At most so many masks; methods that need a fixed number take no notice. */
  readonly samples: number;
  readonly seed: number;
}

export interface MaskScores {
  readonly whole: number;
  readonly empty: number;
  readonly masked: readonly number[];
}

/** Every mask but the whole and the empty one. */
export function allMasks(units: number): Mask[] {
  return Array.from({ length: 2 ** units - 2 }, (_, index) =>
    Uint8Array.from({ length: units }, (_unit, unit) => ((index + 1) >> unit) & 1),
  );
}

/** Whether all masks are no more than may be scored: then sampling would only lose something. */
export function canEnumerate(units: number, samples: number): boolean {
  return units <= 16 && 2 ** units - 2 <= samples;
}
