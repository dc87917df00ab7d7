import { GgufError } from './gguf-error.ts';
import type { Gguf } from './read-gguf.ts';

/** `LLAMA_TOKEN_TYPE_CONTROL` and `_USER_DEFINED` in llama.h: matched whole, before anything is split. */
const CONTROL = 3;
const USER_DEFINED = 4;
/** Ways of splitting a text before the merges (`tokenizer.ggml.pre`) that are known here. */
const SPLITTERS: Readonly<Record<string, readonly unknown[]>> = {
  // Each digit by itself, as StarCoder's and SmolLM's tokenizers have it.
  smollm: [
    { type: 'Digits', individual_digits: true },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  ],
  'gpt-2': [{ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }],
};

/** The byte-level BPE of a GGUF file as the files of Hugging Face's tokenizers, by name. */
export function tokenizerFromGguf(gguf: Gguf): Readonly<Record<string, unknown>> {
  const value = (key: string) => gguf.metadata.get(`tokenizer.${key}`)?.value;
  if (value('ggml.model') !== 'gpt2') {
    throw new GgufError(`The tokenizer is ${JSON.stringify(value('ggml.model'))}; only "gpt2" is known.`);
  }
  const splitter = SPLITTERS[String(value('ggml.pre'))];
  if (!splitter) {
    throw new GgufError(
      `The tokenizer splits texts as ${JSON.stringify(value('ggml.pre'))}; known are ${Object.keys(SPLITTERS).join(', ')}.`,
    );
  }
  const tokens = strings(gguf, 'tokenizer.ggml.tokens');
  const types = (value('ggml.token_type') ?? []) as readonly number[];
  const added = tokens.flatMap((content, id) => {
    const type = types[id];
    if (type !== CONTROL && type !== USER_DEFINED) return [];
    const as = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    return [{ id, content, ...as, special: type === CONTROL }];
  });
  const named = (key: string) => tokens[Number(value(`ggml.${key}_token_id`) ?? -1)];
  return {
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: null,
      pre_tokenizer: { type: 'Sequence', pretokenizers: splitter },
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
        merges: strings(gguf, 'tokenizer.ggml.merges'),
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_max_length: Number(gguf.metadata.get('llama.context_length')?.value),
      bos_token: named('bos'),
      eos_token: named('eos'),
      unk_token: named('unknown'),
      pad_token: named('padding'),
      chat_template: value('chat_template'),
      clean_up_tokenization_spaces: false,
    },
  };
}

function strings(gguf: Gguf, key: string): readonly string[] {
  const entry = gguf.metadata.get(key);
  if (entry?.type !== 'array' || entry.of !== 'string') throw new GgufError(`The file has no ${key}.`);
  return entry.value as readonly string[];
}
