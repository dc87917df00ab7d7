import { type Colour, indexedPng } from './indexed-png.ts';
import { pictureCells, type SeenGrid } from './picture-cells.ts';

export interface HeatMap {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** The value whose colour is the strongest: the greatest there is, for or against. */
  readonly fullValue: number;
}

/** The design's poles of attributions, `--positive` and `--negative` of its dark theme: seen on dark pictures as well. */
export const POSITIVE = [43, 142, 166] as const;
export const NEGATIVE = [214, 125, 71] as const;

/** Of 255: the picture stays visible under the strongest colour. */
const OPACITY_MAX = 200;
const LEVELS = 127;
/** Values smaller than this never get the strongest colour, or a picture without reasons would look as if it had some. */
const FULL_VALUE_MIN = 0.01;

/** To be laid over the upright picture: petrol for the label, orange against it, clear where there is no value. */
export function heatMap(
  grid: SeenGrid,
  values: ArrayLike<number>,
  { sideMax }: { readonly sideMax: number },
): HeatMap {
  const { picture } = grid;
  const scale = sideMax / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width, picture.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  ) as [number, number];
  const fullValue = Math.max(FULL_VALUE_MIN, ...Array.from(values, Math.abs));
  const pixels = new Uint8Array(width * height);
  pictureCells(grid).forEach((cell, index) => {
    const value = values[index] ?? 0;
    const level = Math.round((Math.abs(value) / fullValue) * LEVELS);
    const colour = value < 0 && level > 0 ? LEVELS + level : level;
    const [from, to] = [cell.left, cell.left + cell.width].map((x) => Math.round(x * scale));
    const bottom = Math.round((cell.top + cell.height) * scale);
    for (let y = Math.round(cell.top * scale); y < bottom; y++)
      pixels.fill(colour, y * width + (from ?? 0), y * width + (to ?? 0));
  });
  return { png: indexedPng(pixels, { width, height, palette: palette() }), width, height, fullValue };
}

/** Clear; then both poles from the weakest to the strongest. */
function palette(): Colour[] {
  const shades = ([red, green, blue]: readonly [number, number, number]) =>
    Array.from({ length: LEVELS }, (_, level): Colour => {
      return [red, green, blue, Math.round(((level + 1) / LEVELS) * OPACITY_MAX)];
    });
  return [[0, 0, 0, 0], ...shades(POSITIVE), ...shades(NEGATIVE)];
}
