import * as tf from '@tensorflow/tfjs-core';

/** Token ids of many texts, one after another. */
export interface TokenisedTexts {
  readonly ids: Int32Array;
  /** Where each text starts in `ids`, and last where the last one ends: `rows + 1` of them. */
  readonly starts: Uint32Array;
}

export function tokenCounts({ starts }: TokenisedTexts): Uint32Array {
  return Uint32Array.from(
    { length: starts.length - 1 },
    (_, row) => (starts[row + 1] ?? 0) - (starts[row] ?? 0),
  );
}

/** The rows' tokens as [rows, longest], padded with 0, and a mask of the same shape: the caller's tidy owns both. */
export function paddedBatch(
  texts: TokenisedTexts,
  rows: Uint32Array,
): { tokenIds: tf.Tensor; mask: tf.Tensor } {
  const part = (row: number) => texts.ids.subarray(texts.starts[row] ?? 0, texts.starts[row + 1] ?? 0);
  const length = rows.reduce((longest, row) => Math.max(longest, part(row).length), 0);
  const ids = new Int32Array(rows.length * length);
  const mask = new Float32Array(rows.length * length);
  rows.forEach((row, index) => {
    const tokens = part(row);
    ids.set(tokens, index * length);
    mask.fill(1, index * length, index * length + tokens.length);
  });
  const shape: [number, number] = [rows.length, length];
  return { tokenIds: tf.tensor2d(ids, shape, 'int32'), mask: tf.tensor2d(mask, shape) };
}
