import { canonicalPieces } from '#server/domain/safety/canonical-text.ts';
import type { DenyList, Found } from '#server/domain/safety/deny-list.ts';
import { type AnswerGuard, type AnswerPiece, createHeldPieces, type Guarded } from './answer-guard.ts';

/** Ends an answer before a term, over the borders of tokens; what may be the beginning of one is held back. */
export function createDenyGuard(list: DenyList): AnswerGuard {
  const held = createHeldPieces();
  const scan = list.scan();
  /** Of the last canonical characters: which they are, and where they stand in the answer. */
  let seen: { readonly character: string; readonly place: number }[] = [];

  function read(text: string, at: number): Guarded | null {
    for (const [canonical, place] of canonicalPieces(text)) {
      for (const character of canonical) {
        const found = take(character, at + place);
        if (found) return stop(found);
      }
    }
    return null;
  }

  function take(character: string, place: number): Found | null {
    // As the scan counts them: a text begins as after a space.
    const isRepeated = character === ' ' && (seen.at(-1)?.character ?? ' ') === ' ';
    if (!isRepeated) seen.push({ character, place });
    const found = scan.take(character);
    if (seen.length > 2 * list.longest) seen = seen.slice(-list.longest);
    return found;
  }

  function stop({ length }: Found): Guarded {
    const pieces = held.takeUntil(placeOf(length));
    held.drop();
    return { pieces, stopped: true };
  }

  /** Where the last so many characters begin; the space before a term can be told. */
  function placeOf(characters: number): number {
    if (characters === 0) return held.until;
    const first = Math.max(0, seen.length - characters);
    const begins = seen[first]?.character === ' ' ? first + 1 : first;
    return seen[begins]?.place ?? held.until;
  }

  return {
    async push(piece: AnswerPiece) {
      const at = held.until;
      held.push(piece);
      return read(piece.text, at) ?? { pieces: held.takeUntil(placeOf(scan.open)), stopped: false };
    },
    async end() {
      const found = take(' ', held.until);
      return found ? stop(found) : { pieces: held.takeUntil(held.until), stopped: false };
    },
  };
}
