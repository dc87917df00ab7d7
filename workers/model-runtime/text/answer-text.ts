import { createStopMatcher, type Released } from './stop-matcher.ts';

export interface AnswerText {
  push(token: number): Released;
  end(): string;
}

/** A character has four bytes at most, and a token one at least; what is still broken after that stays so. */
const CHARACTER_TOKENS_MAX = 4;
/** A token's text can depend on those before it: a space at the beginning, in some vocabularies. */
const ANCHOR_TOKENS = 4;

/** The text of tokens as they come: whole characters, up to a stop sequence. */
export function createAnswerText({
  textOf,
  stop,
}: {
  readonly textOf: (tokens: readonly number[]) => string;
  readonly stop: readonly string[];
}): AnswerText {
  const matcher = createStopMatcher(stop);
  let anchor: number[] = [];
  let pending: number[] = [];

  function take(): string {
    const text = textOf([...anchor, ...pending]).slice(textOf(anchor).length);
    anchor = [...anchor, ...pending].slice(-ANCHOR_TOKENS);
    pending = [];
    return text;
  }

  return {
    push(token) {
      pending.push(token);
      if (textOf(pending).endsWith('\ufffd') && pending.length < CHARACTER_TOKENS_MAX) {
        return { text: '', stopped: false };
      }
      return matcher.push(take());
    },
    end() {
      // What is not a whole character by now never will be.
      const rest = pending.length > 0 ? take().replace(/\ufffd+$/, '') : '';
      const last = matcher.push(rest);
      return last.stopped ? last.text : last.text + matcher.end();
    },
  };
}
