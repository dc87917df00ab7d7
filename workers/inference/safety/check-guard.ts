import { safetyLimits } from '#server/domain/rate-limits/limits.ts';
import { type AnswerGuard, createHeldPieces, type Guarded } from './answer-guard.ts';

/** Whether a part of an answer may be told. Rejects where that can't be found out: then nothing is told. */
export type CheckAnswer = (text: string) => Promise<boolean>;

const { stretchCharactersMax } = safetyLimits;
const sentenceEnd = /[.!?…][\p{Pe}\p{Pf}"']*\s|[。！？]|\n/gu;

/** Holds an answer back sentence by sentence (a long one by its parts), until each was checked. */
export function createCheckGuard(check: CheckAnswer): AnswerGuard {
  const held = createHeldPieces();
  let unchecked = '';

  async function tell(characters: number): Promise<Guarded> {
    const place = held.until - unchecked.length + characters;
    const stretch = unchecked.slice(0, characters);
    unchecked = unchecked.slice(characters);
    if (stretch.trim() === '' || (await check(stretch))) {
      return { pieces: held.takeUntil(place), stopped: false };
    }
    held.drop();
    return { pieces: [], stopped: true };
  }

  return {
    async push(piece) {
      held.push(piece);
      unchecked += piece.text;
      const last = [...unchecked.matchAll(sentenceEnd)].at(-1);
      if (last) return tell(last.index + last[0].length);
      if (unchecked.length >= stretchCharactersMax) return tell(unchecked.length);
      return { pieces: [], stopped: false };
    },
    end: () => tell(unchecked.length),
  };
}

/** One guard after the other: what the first one tells is what the second one is given. */
export function inSeries(first: AnswerGuard, second: AnswerGuard): AnswerGuard {
  async function through({ pieces, stopped }: Guarded, isEnd: boolean): Promise<Guarded> {
    const told = [];
    for (const piece of pieces) {
      const next = await second.push(piece);
      told.push(...next.pieces);
      if (next.stopped) return { pieces: told, stopped: true };
    }
    if (!stopped && !isEnd) return { pieces: told, stopped };
    const last = await second.end();
    return { pieces: [...told, ...last.pieces], stopped: stopped || last.stopped };
  }
  return {
    push: async (piece) => through(await first.push(piece), false),
    end: async () => through(await first.end(), true),
  };
}
