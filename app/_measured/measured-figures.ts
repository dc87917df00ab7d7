/** One figure of a model's card, as the pages show it: shares of 0 to 1. */
export interface MeasuredFigure {
  readonly model: string;
  readonly on: string;
  readonly metric: string;
  readonly value: number;
  readonly interval: readonly [number, number] | null;
  readonly rows: number | null;
  readonly method: string;
  readonly command: string;
  readonly isBaseline: boolean;
}

export function measuredFigures(_card: unknown): readonly MeasuredFigure[] {
  return [];
}
