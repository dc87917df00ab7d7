/**
 * GPT-2's split (Radford and others, 2019): contractions, words and numbers with the space before them, marks, and spaces
 * up to the one that goes with what follows. No merge crosses its borders. White space is Unicode's, as in Hugging Face's
 * tokenizers; JavaScript's `\s` has U+FEFF as well, and not U+0085.
 */
const WORD =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** The words of a text, which together are the text. */
export function* wordsOf(text: string): Generator<string, void, void> {
  for (const [word] of text.matchAll(WORD)) yield word;
}

export function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}
