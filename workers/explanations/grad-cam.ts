import type { ClassMap } from '#workers/model-runtime/model-runtime.ts';

/**
 * Grad-CAM (Selvaraju and others, 2017) for the cells of a grid, row by row: of what the places of a map do for a class's
 * logit, none below 0. A place counts for a cell by the share of it that lies there, so the cells add up to the map's sum.
 */
export function gradCamValues({ values, side }: ClassMap, grid: number): Float64Array {
  const shares = sharesOf(side, grid);
  return Float64Array.from({ length: grid ** 2 }, (_, cell) => {
    const [rows, columns] = [shares[Math.floor(cell / grid)] ?? [], shares[cell % grid] ?? []];
    let sum = 0;
    for (let place = 0; place < values.length; place++) {
      const share = (rows[Math.floor(place / side)] ?? 0) * (columns[place % side] ?? 0);
      sum += share * Math.max(0, values[place] ?? 0);
    }
    return sum;
  });
}

/** By cell, then by place: how much of the place's side lies in the cell. */
function sharesOf(side: number, grid: number): number[][] {
  return Array.from({ length: grid }, (_, cell) =>
    Array.from({ length: side }, (_place, place) => {
      const [from, to] = [(cell * side) / grid, ((cell + 1) * side) / grid];
      return Math.max(0, Math.min(to, place + 1) - Math.max(from, place));
    }),
  );
}
