/** Symmetric 8 bits with a scale for each row, so that one row's outlier costs no other row its precision. */
export function quantizeRows(data: Float32Array, rows: number): { values: Int8Array; scales: Float32Array } {
  const width = data.length / rows;
  const values = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const part = data.subarray(row * width, (row + 1) * width);
    const scale = largestMagnitude(part) / 127 || 1; // a row of zeros keeps its zeros at any scale
    scales[row] = scale;
    for (let column = 0; column < width; column++) {
      values[row * width + column] = Math.round((part[column] ?? 0) / scale);
    }
  }
  return { values, scales };
}

function largestMagnitude(values: Float32Array): number {
  let max = 0;
  for (const value of values) max = Math.max(max, Math.abs(value));
  return max;
}
