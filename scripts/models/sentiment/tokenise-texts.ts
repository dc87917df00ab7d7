import type { TokenisedTexts } from '#workers/fine-tuning/train/padded-batch.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/reading/text-tokenizer.ts';

const SPECIAL_TOKENS = 2;

/** Each text's tokens with the special ones around them, cut to `tokensMax` in all. */
export async function tokeniseTexts(
  folder: string,
  rows: readonly { readonly text: string }[],
  tokensMax: number,
): Promise<TokenisedTexts> {
  const tokenizer = await loadTextTokenizer(folder);
  const parts = rows.map(({ text }) =>
    Int32Array.from(tokenizer.wrap(tokenizer.tokenize(text).slice(0, tokensMax - SPECIAL_TOKENS))),
  );
  const starts = new Uint32Array(rows.length + 1);
  parts.forEach((part, row) => {
    starts[row + 1] = (starts[row] ?? 0) + part.length;
  });
  const ids = new Int32Array(starts[rows.length] ?? 0);
  parts.forEach((part, row) => {
    ids.set(part, starts[row]);
  });
  return { ids, starts };
}
