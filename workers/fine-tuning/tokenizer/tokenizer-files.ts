import { BYTE_LEVEL_SPLITTER, byteLevelTokenizerJson } from '#workers/model-zoo/byte-level-tokenizer.ts';
import type { BytePairs } from './train-byte-pairs.ts';

/** Begins and ends every text, as in GPT-2's vocabulary. */
export const END_OF_TEXT = '<|endoftext|>';

/** The files of Hugging Face's tokenizers, by name. */
export function tokenizerFiles({ tokens, merges }: BytePairs, positions: number) {
  const id = tokens.indexOf(END_OF_TEXT);
  return {
    'tokenizer.json': byteLevelTokenizerJson({
      tokens,
      merges,
      added: [{ id, special: true }],
      splitters: [BYTE_LEVEL_SPLITTER],
    }),
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_max_length: positions,
      bos_token: END_OF_TEXT,
      eos_token: END_OF_TEXT,
      unk_token: END_OF_TEXT,
      clean_up_tokenization_spaces: false,
    },
  } as const;
}

export type TokenizerFiles = ReturnType<typeof tokenizerFiles>;

/** By their numbers. Not the vocabulary's own order: in JavaScript an object's keys that are numbers come first. */
export function tokensByNumber({ 'tokenizer.json': { model } }: TokenizerFiles): readonly string[] {
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  return tokens;
}
