import { cellEdges } from '#workers/model-runtime/mask-square.ts';
import type { PictureSize, PictureSquare, SeenImage } from '#workers/model-runtime/model-runtime.ts';

/** A part of a picture that is explained as one, in the upright picture's pixels. */
export interface PictureCell {
  readonly row: number;
  readonly column: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The grid lies on the square that the model sees; what is around it has no value. */
export interface SeenGrid extends Pick<SeenImage, 'picture' | 'square' | 'side'> {
  readonly picture: PictureSize;
  readonly square: PictureSquare;
  /** Cells on a side. */
  readonly grid: number;
}

/** Row by row, as masks name them. */
export function pictureCells({ square, side, grid }: SeenGrid): PictureCell[] {
  const edges = cellEdges(side, grid).map((edge) => (edge / side) * square.side);
  return Array.from({ length: grid ** 2 }, (_, index) => {
    const [row, column] = [Math.floor(index / grid), index % grid];
    const [left = 0, right = 0] = edges.slice(column, column + 2);
    const [top = 0, bottom = 0] = edges.slice(row, row + 2);
    return {
      row,
      column,
      left: square.left + left,
      top: square.top + top,
      width: right - left,
      height: bottom - top,
    };
  });
}
