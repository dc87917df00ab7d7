export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

/** Undefined: nothing was given. Null: what was given is no such number. */
export function readNumber(
  given: string | null,
  { min, max, isWhole = false }: NumberRange,
): number | null | undefined {
  if (given === null || given.trim() === '') return undefined;
  const value = Number(given);
  if (!Number.isFinite(value) || value < min || value > max) return null;
  return isWhole && !Number.isInteger(value) ? null : value;
}
