import type { TokenLogprob } from '../text-generator.ts';

export interface HeldLogprobs {
  /** `characters`: what the token adds to the text, whether that is told at once or held back. */
  push(token: TokenLogprob, characters: number): void;
  /** Of the tokens with which so much more of the text is told. */
  tell(characters: number): readonly TokenLogprob[];
}

/** A token is told with the first of its text: those of a stop sequence, which is not told, are not either. */
export function createHeldLogprobs(): HeldLogprobs {
  let held: { readonly token: TokenLogprob; readonly from: number }[] = [];
  let made = 0;
  let told = 0;
  return {
    push(token, characters) {
      // One that is a part of a character begins where the character will.
      held.push({ token, from: made });
      made += characters;
    },
    tell(characters) {
      told += characters;
      const first = held.findIndex(({ from }) => from >= told);
      const ready = first < 0 ? held : held.slice(0, first);
      held = first < 0 ? [] : held.slice(first);
      return ready.map(({ token }) => token);
    },
  };
}
