import { Tokenizer } from '@huggingface/tokenizers';
import { MODEL_FILES, ModelFolderError, readJson } from '../model-folder.ts';
import { isWordPieceModel, wordPieceEncoder } from './word-piece.ts';

export interface TextTokenizer {
  /** Ids of the text's own tokens, which are what is billed. */
  tokenize(text: string): number[];
  /** With the special tokens that the encoder was trained with around them. */
  wrap(ids: readonly number[]): number[];
  /** No id is greater. */
  readonly idsMax: number;
}

export async function loadTextTokenizer(folder: string): Promise<TextTokenizer> {
  const json = await readJson(folder, MODEL_FILES.tokenizer);
  const config = await readJson(folder, MODEL_FILES.tokenizerConfig);
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(json as ConstructorParameters<typeof Tokenizer>[0], config);
  } catch (cause) {
    throw new ModelFolderError('tokenizer.json is not a tokenizer.', { cause });
  }
  if (!isWordPieceModel(json.model))
    throw new ModelFolderError('tokenizer.json is not of the type WordPiece.');
  (tokenizer.model as { encode: (words: string[]) => string[] }).encode = wordPieceEncoder(json.model);
  const [first, last] = tokenizer.encode('').ids;
  if (first === undefined || last === undefined) {
    throw new ModelFolderError(
      'tokenizer.json puts no special tokens around a text, as a BERT encoder needs.',
    );
  }
  return {
    tokenize: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    wrap: (ids) => [first, ...ids, last],
    idsMax: Math.max(first, last, greatestId(json.model)),
  };
}

function greatestId({ vocab }: { readonly vocab: Readonly<Record<string, number>> }): number {
  return Object.values(vocab).reduce((max, id) => Math.max(max, id), 0);
}
