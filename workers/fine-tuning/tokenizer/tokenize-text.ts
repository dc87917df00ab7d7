import { Tokenizer } from '@huggingface/tokenizers';
import { wordsOf } from './count-words.ts';
import type { TokenizerFiles } from './tokenizer-files.ts';

type Json = ConstructorParameters<typeof Tokenizer>;

/**
 * Texts to token ids, each word split up once: a corpus has far fewer words than places where they stand. It keeps every
 * word that it has seen, so it is for a training, not for a server.
 */
export function createTextTokenizer(files: TokenizerFiles): (text: string) => number[] {
  const tokenizer = new Tokenizer(
    files['tokenizer.json'] as unknown as Json[0],
    files['tokenizer_config.json'] as unknown as Json[1],
  );
  const known = new Map<string, readonly number[]>();
  return (text) => {
    const ids: number[] = [];
    for (const word of wordsOf(text)) {
      const split = known.get(word) ?? tokenizer.encode(word, { add_special_tokens: false }).ids;
      known.set(word, split);
      ids.push(...split);
    }
    return ids;
  };
}
