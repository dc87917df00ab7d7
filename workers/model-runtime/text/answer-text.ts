import { createStopMatcher, type Released } from './stop-matcher.ts';

export interface AnswerText {
  push(token: number): Released & {
    /** Characters that the token has added, told or held back. */
    readonly added: number;
  };
  end(): string;
}

/** A character has four bytes at most, and a token one at least; what is still broken long after that stays so. */
const OPEN_TOKENS_MAX = 8;
/** A token's text can depend on those before it: a space at the beginning, in some vocabularies. */
const ANCHOR_TOKENS = 4;
/** What stands for bytes that are no character, or not yet. */
const BROKEN = '\ufffd';

/** The text of tokens as they come: whole characters, up to a stop sequence. */
export function createAnswerText({
  textOf,
  stop,
}: {
  readonly textOf: (tokens: readonly number[]) => string;
  readonly stop: readonly string[];
}): AnswerText {
  const matcher = createStopMatcher(stop);
  let anchor: readonly number[] = [];
  let open: readonly number[] = [];
  /** Characters of the open tokens' text that were told. */
  let told = 0;

  function openText(): string {
    return textOf([...anchor, ...open]).slice(textOf(anchor).length);
  }

  function added(text: string) {
    return { ...matcher.push(text), added: text.length };
  }

  return {
    push(token) {
      open = [...open, token];
      const text = openText();
      // Only the last one may yet become a character, with bytes that follow.
      const isBroken = text.endsWith(BROKEN);
      if (isBroken && open.length < OPEN_TOKENS_MAX) {
        const settled = text.slice(told, -BROKEN.length);
        told += settled.length;
        return added(settled);
      }
      const rest = text.slice(told);
      // Bytes that would be a character with the next ones change the text of those before it.
      anchor = isBroken ? [] : [...anchor, ...open].slice(-ANCHOR_TOKENS);
      open = [];
      told = 0;
      return added(rest);
    },
    end() {
      // What is not a whole character by now never will be.
      const last = matcher.push(
        openText()
          .slice(told)
          .replace(/\ufffd+$/, ''),
      );
      return last.stopped ? last.text : last.text + matcher.end();
    },
  };
}
