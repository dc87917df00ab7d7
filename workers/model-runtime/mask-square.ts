/** Where the cells of a side of `side` pixels begin, and past the last one's end. */
export function cellEdges(side: number, grid: number): number[] {
  return Array.from({ length: grid + 1 }, (_, cell) => Math.round((cell * side) / grid));
}

/**
 * A square picture, three bytes a pixel, with those cells of a grid in its mean colour whose bit of the mask is 0. The
 * mean, because it is no object and no edge that the picture does not have, and with every cell taken out nothing of the
 * picture is left: a blur that kept its colours would still be told apart.
 */
export function maskSquare(pixels: Uint8Array, grid: number, mask: Uint8Array): Uint8Array {
  const side = Math.sqrt(pixels.length / 3);
  if (mask.length !== grid ** 2 || !Number.isInteger(side) || grid > side) {
    throw new RangeError(`A mask of ${mask.length} cells does not fit ${grid} by ${grid} on ${side} pixels.`);
  }
  const edges = cellEdges(side, grid);
  const mean = meanColour(pixels);
  const masked = Uint8Array.from(pixels);
  mask.forEach((kept, cell) => {
    if (kept) return;
    const [row, column] = [Math.floor(cell / grid), cell % grid];
    for (let y = edges[row] ?? 0; y < (edges[row + 1] ?? 0); y++) {
      for (let x = edges[column] ?? 0; x < (edges[column + 1] ?? 0); x++)
        masked.set(mean, 3 * (y * side + x));
    }
  });
  return masked;
}

function meanColour(pixels: Uint8Array): readonly number[] {
  const sums = [0, 0, 0];
  for (let at = 0; at < pixels.length; at++) sums[at % 3] = (sums[at % 3] ?? 0) + (pixels[at] ?? 0);
  return sums.map((sum) => Math.round((3 * sum) / pixels.length));
}
