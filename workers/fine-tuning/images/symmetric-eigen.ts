const SWEEPS_MAX = 50;
const TOLERANCE = 1e-18; // of the squares beside the diagonal, over all

export interface Eigen {
  readonly values: readonly number[];
  /** Of length 1, in the order of the values. */
  readonly vectors: readonly (readonly number[])[];
}

/** Of a small symmetric matrix, by Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5). */
export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen {
  const size = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const v = matrix.map((_, row) =>
    Float64Array.from({ length: size }, (_, column) => Number(row === column)),
  );
  const get = (of: readonly Float64Array[], row: number, column: number) => of[row]?.[column] ?? 0;
  const squares = (skipDiagonal: boolean) =>
    a.reduce(
      (sum, row, at) =>
        sum + row.reduce((part, x, column) => part + (skipDiagonal && column === at ? 0 : x * x), 0),
      0,
    );
  const all = squares(false);
  for (let sweep = 0; sweep < SWEEPS_MAX && squares(true) > TOLERANCE * all; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        if (get(a, p, q) === 0) continue;
        const tau = (get(a, q, q) - get(a, p, p)) / (2 * get(a, p, q));
        const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
        const c = 1 / Math.sqrt(1 + t * t);
        const s = t * c;
        for (const rows of [a, v]) rows.forEach((row) => rotate(row, p, q, c, s));
        rotateRows(a, p, q, c, s);
      }
    }
  }
  return {
    values: a.map((row, at) => row[at] ?? 0),
    vectors: a.map((_, column) => v.map((row) => row[column] ?? 0)),
  };
}

/** Columns p and q of one row. */
function rotate(row: Float64Array, p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p] ?? 0, row[q] ?? 0];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}

function rotateRows(rows: readonly Float64Array[], p: number, q: number, c: number, s: number): void {
  const [one, other] = [rows[p] as Float64Array, rows[q] as Float64Array];
  one.forEach((x, column) => {
    const y = other[column] ?? 0;
    one[column] = c * x - s * y;
    other[column] = s * x + c * y;
  });
}
