/** A character with its marks; marks alone stand at the beginning of a piece. */
const segment = /\P{M}\p{M}*|\p{M}+/gu;
const ignorable = /\p{Default_Ignorable_Code_Point}+/gu;
const notOfWords = /[^\p{L}\p{M}\p{N}]+/gu;
const segmentsKept = 4_096;

/** What comes again and again in a script is folded once. */
const known = new Map<string, string>();

/**
 * A text as two spellings of it are compared: without case and without what can't be seen, in the compatibility
 * decomposition (which is equal exactly where NFKC is, and does not change with what follows), all that is no letter, mark
 * or digit as one space. Piece by piece, with the place of each in the text.
 */
export function* canonicalPieces(text: string): Generator<readonly [canonical: string, place: number]> {
  for (const { 0: given, index } of text.matchAll(segment)) {
    const canonical = fold(given);
    if (canonical !== '') yield [canonical, index];
  }
}

/** Spaces that follow one another are one. */
export function canonicalText(text: string): string {
  return [...canonicalPieces(text)]
    .map(([canonical]) => canonical)
    .join('')
    .replaceAll(/ +/g, ' ')
    .trim();
}

function fold(given: string): string {
  const before = known.get(given);
  if (before !== undefined) return before;
  const folded = given
    .replaceAll(ignorable, '')
    .normalize('NFKD')
    // Upper case first: ß and SS, ς and σ are the same only there.
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(ignorable, '')
    .replaceAll(notOfWords, ' ');
  if (known.size >= segmentsKept) known.clear();
  known.set(given, folded);
  return folded;
}
