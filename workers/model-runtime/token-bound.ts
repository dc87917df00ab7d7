/**
 * The most tokens that a BERT WordPiece tokenizer can make of a text, special tokens left out, and never more than
 * the context (a longer text is refused or cut). What a request may cost is held before it runs, so the bound must
 * never be below the count; the closer it is the less is held for nothing.
 *
 * A word gives at most one token a character, and one if the vocabulary has it whole: with `words`, the vocabulary's
 * whole words, plain ASCII is bounded closely.
 */
export function tokenUpperBound(text: string, contextTokens: number, words?: ReadonlySet<string>): number {
  return Math.min(contextTokens, PLAIN_ASCII.test(text) ? asciiBound(text, words) : unicodeBound(text));
}

/** Without control characters: the tokenizer drops them, which joins what stands on both sides. */
const PLAIN_ASCII = /^[\t\n\r\x20-\x7e]*$/;
const ASCII_WORD_OR_SIGN = /[A-Za-z0-9]+|[^\sA-Za-z0-9]/g;

function asciiBound(text: string, words: ReadonlySet<string> | undefined): number {
  let tokens = 0;
  for (const [part] of text.matchAll(ASCII_WORD_OR_SIGN)) {
    tokens += words?.has(part.toLowerCase()) ? 1 : part.length;
  }
  return tokens;
}

function unicodeBound(text: string): number {
  let tokens = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code > 0x7f) tokens += NORMALIZED_CHARACTERS_MAX;
    else if (code > 0x20) tokens += 1;
  }
  return tokens;
}

/**
 * Lower case and canonical decomposition, as the tokenizer applies them, make at most three characters that count of
 * one (Hangul syllables, some musical signs); combining marks are dropped. A test goes through all of Unicode.
 */
const NORMALIZED_CHARACTERS_MAX = 3;
