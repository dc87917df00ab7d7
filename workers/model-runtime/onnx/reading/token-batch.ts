import { Tensor } from 'onnxruntime-node';

/** What an encoder of Hugging Face's takes: ids and mask [texts, longest], padded on the right with id 0. */
export function encoderFeeds(texts: readonly (readonly number[])[]): Record<string, Tensor> {
  const length = Math.max(...texts.map((ids) => ids.length));
  const ids = int64Rows(texts, length, (id) => id);
  const mask = int64Rows(texts, length, () => 1);
  const shape = [texts.length, length];
  return {
    input_ids: new Tensor('int64', ids, shape),
    attention_mask: new Tensor('int64', mask, shape),
  };
}

/** Written as 32-bit halves: a BigInt for each token would cost more than the rest of this function. */
function int64Rows(texts: readonly (readonly number[])[], length: number, value: (id: number) => number) {
  const rows = new BigInt64Array(texts.length * length);
  const halves = new Int32Array(rows.buffer);
  texts.forEach((ids, row) => {
    for (let column = 0; column < ids.length; column++) {
      halves[2 * (row * length + column)] = value(ids[column] ?? 0);
    }
  });
  return rows;
}
