import { BYTE_LEVEL_SPLITTER, byteLevelTokenizerJson } from '../byte-level-tokenizer.ts';
import { GgufError } from './gguf-error.ts';
import type { Gguf } from './read-gguf.ts';

/** `LLAMA_TOKEN_TYPE_CONTROL` and `_USER_DEFINED` in llama.h: matched whole, before anything is split. */
const CONTROL = 3;
const USER_DEFINED = 4;
/** Ways of splitting a text before the merges (`tokenizer.ggml.pre`) that are known here. */
const SPLITTERS: Readonly<Record<string, readonly unknown[]>> = {
  // Each digit by itself, as StarCoder's and SmolLM's tokenizers have it.
  smollm: [{ type: 'Digits', individual_digits: true }, BYTE_LEVEL_SPLITTER],
  'gpt-2': [BYTE_LEVEL_SPLITTER],
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
  const added = tokens.flatMap((_, id) => {
    const type = types[id];
    return type === CONTROL || type === USER_DEFINED ? [{ id, special: type === CONTROL }] : [];
  });
  const named = (key: string) => tokens[Number(value(`ggml.${key}_token_id`) ?? -1)];
  return {
    'tokenizer.json': byteLevelTokenizerJson({
      tokens,
      merges: strings(gguf, 'tokenizer.ggml.merges'),
      added,
      splitters: splitter,
    }),
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
