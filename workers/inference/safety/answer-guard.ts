import type { TokenLogprob } from '#workers/model-runtime/text-generator.ts';

/** Of an answer, as it comes: a text, and the tokens that it is of where they were asked for. */
export interface AnswerPiece {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[] | null;
}

/** Stands between one answer and its reader, and holds back what it has to see more of. */
export interface AnswerGuard {
  push(piece: AnswerPiece): Promise<Guarded>;
  /** What is still held back, now that nothing follows. */
  end(): Promise<Guarded>;
}

export interface Guarded {
  readonly pieces: readonly AnswerPiece[];
  /** Nothing may follow what is told. */
  readonly stopped: boolean;
}

/** What was pushed and not told, by the place of its characters in the whole answer. */
export function createHeldPieces() {
  let pieces: AnswerPiece[] = [];
  /** Tokens that came without text: they belong to the next one that has some. */
  let early: TokenLogprob[] = [];
  let from = 0;
  let until = 0;

  return {
    /** Characters that were pushed. */
    get until() {
      return until;
    },
    push({ text, logprobs }: AnswerPiece) {
      if (text === '') return void early.push(...(logprobs ?? []));
      pieces.push({ text, logprobs: logprobs && [...early.splice(0), ...logprobs] });
      until += text.length;
    },
    /** All that ends at the place or before it. What stands over it is told in part where its tokens are not asked for. */
    takeUntil(place: number): readonly AnswerPiece[] {
      const taken: AnswerPiece[] = [];
      for (let first = pieces[0]; first && from < place; first = pieces[0]) {
        const fits = Math.min(first.text.length, place - from);
        if (fits < first.text.length && first.logprobs !== null) break;
        taken.push(fits < first.text.length ? { text: first.text.slice(0, fits), logprobs: null } : first);
        if (fits === first.text.length) pieces.shift();
        else pieces[0] = { text: first.text.slice(fits), logprobs: null };
        from += fits;
      }
      return taken;
    },
    drop() {
      pieces = [];
      early = [];
      from = until;
    },
  };
}
