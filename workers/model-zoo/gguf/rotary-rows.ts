/**
 * llama.cpp turns channels 2i and 2i + 1 of a head together, `transformers` channels i and i + size / 2, so the rows of query
 * and key stand in another order (`permute` in docs/gguf.md of ggml-org/ggml). From a file's order to that of `transformers`.
 */
export function halvesApart(values: Float32Array, shape: readonly number[], heads: number): Float32Array {
  const ordered = new Float32Array(values.length);
  eachRow(shape, heads, (theirs, ours, columns) => {
    ordered.set(values.subarray(theirs * columns, (theirs + 1) * columns), ours * columns);
  });
  return ordered;
}

/** From the order of `transformers` to that of a file. */
export function halvesTogether(values: Float32Array, shape: readonly number[], heads: number): Float32Array {
  const ordered = new Float32Array(values.length);
  eachRow(shape, heads, (theirs, ours, columns) => {
    ordered.set(values.subarray(ours * columns, (ours + 1) * columns), theirs * columns);
  });
  return ordered;
}

function eachRow(
  shape: readonly number[],
  heads: number,
  visit: (rowOfFile: number, rowOfTransformers: number, columns: number) => void,
): void {
  const [rows = 0, columns = 0] = shape;
  const half = rows / heads / 2;
  for (let row = 0; row < rows; row++) {
    const head = Math.floor(row / (2 * half));
    const channel = row % (2 * half);
    visit(head * 2 * half + 2 * (channel % half) + Math.floor(channel / half), row, columns);
  }
}
