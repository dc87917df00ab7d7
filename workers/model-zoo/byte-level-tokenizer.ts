export interface ByteLevelBpe {
  /** By their numbers, written in the byte alphabet. */
  readonly tokens: readonly string[];
  /** In the order in which they apply: `a b`. */
  readonly merges: readonly string[];
  /** Matched whole, before anything is split. */
  readonly added: readonly { readonly id: number; readonly special: boolean }[];
  /** How a text is split before the merges, as Hugging Face's tokenizers name it. */
  readonly splitters: readonly unknown[];
}

/** GPT-2's splitting of a text into words, numbers and marks, with the byte alphabet. */
export const BYTE_LEVEL_SPLITTER = {
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: true,
} as const;

/** What Hugging Face's tokenizers read from `tokenizer.json`. */
export function byteLevelTokenizerJson({ tokens, merges, added, splitters }: ByteLevelBpe) {
  const as = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map(({ id, special }) => ({ id, content: tokens[id], ...as, special })),
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: splitters },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}
