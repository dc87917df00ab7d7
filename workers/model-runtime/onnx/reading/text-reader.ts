import type { InputRefusal, TextInput } from '../../model-runtime.ts';
import { describeModel, type EncoderDescription, ModelFolderError } from '../model-folder.ts';
import { loadTextTokenizer, type TextTokenizer } from './text-tokenizer.ts';

/** A text as an encoder takes it. */
export interface ReadText {
  /** With the special tokens around it. */
  readonly ids: readonly number[];
  /** Without them: what is billed. */
  readonly inputTokens: number;
  readonly truncated: boolean;
}

/** One for each text, in order; a text that is too long, and may not be cut, is a refusal. */
export type TextReader = (inputs: readonly TextInput[]) => (ReadText | InputRefusal)[];

export async function openTextReader(folder: string): Promise<TextReader> {
  const [description, tokenizer] = await Promise.all([describeModel(folder), loadTextTokenizer(folder)]);
  return createTextReader(description, tokenizer);
}

export function createTextReader(
  { contextTokens, vocabularySize }: Pick<EncoderDescription, 'contextTokens' | 'vocabularySize'>,
  tokenizer: TextTokenizer,
): TextReader {
  if (tokenizer.idsMax >= vocabularySize) {
    throw new ModelFolderError(
      `tokenizer.json is of another model: it gives ids up to ${tokenizer.idsMax}, config.json has a vocabulary of ` +
        `${vocabularySize}.`,
    );
  }
  return (inputs) =>
    inputs.map(({ text, truncate }) => {
      const tokens = tokenizer.tokenize(text);
      const truncated = tokens.length > contextTokens;
      if (truncated && !truncate) {
        return { refused: 'input_too_long', tokens: tokens.length, contextTokens };
      }
      const kept = truncated ? tokens.slice(0, contextTokens) : tokens;
      return { ids: tokenizer.wrap(kept), inputTokens: kept.length, truncated };
    });
}
