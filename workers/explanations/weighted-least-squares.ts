import { solveLinear } from './solve-linear.ts';

export interface WeightedRow {
  readonly inputs: ArrayLike<number>;
  readonly target: number;
  readonly weight: number;
}

/** The x with the least Σ weight · (inputs · x − target)² + ridge · |x|². */
export function weightedLeastSquares(rows: Iterable<WeightedRow>, size: number, ridge: number): Float64Array {
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (const { inputs, target, weight } of rows) {
    for (let row = 0; row < size; row++) {
      const scaled = weight * (inputs[row] ?? 0);
      if (scaled === 0) continue;
      right[row] = (right[row] ?? 0) + scaled * target;
      for (let column = 0; column < size; column++) {
        const at = row * size + column;
        matrix[at] = (matrix[at] ?? 0) + scaled * (inputs[column] ?? 0);
      }
    }
  }
  for (let diagonal = 0; diagonal < size; diagonal++) {
    matrix[diagonal * size + diagonal] = (matrix[diagonal * size + diagonal] ?? 0) + ridge;
  }
  return solveLinear(matrix, right);
}
