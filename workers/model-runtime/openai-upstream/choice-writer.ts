import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';
import { createHeldLogprobs, type HeldLogprobs } from '../text/held-logprobs.ts';
import { createStopMatcher } from '../text/stop-matcher.ts';
import type { GenerationFinished, GenerationInput, GenerationText } from '../text-generator.ts';
import type { UpstreamChunk } from './upstream-chunk.ts';

export interface ChoiceWriter {
  take(chunk: UpstreamChunk): readonly GenerationText[];
  /** The engine goes on after an end that was found here: there is no more to be had of it. */
  readonly isOver: boolean;
  /** Its end and its tokens are known: how the stream ends does not matter any more. */
  readonly isWhole: boolean;
  /** At the stream's end. Throws RemoteEngineError where it has none, or tells no tokens. */
  finish(): GenerationFinished;
  cancel(): GenerationFinished;
}

export interface ChoiceWriterOptions {
  readonly choice: number;
  readonly input: Pick<GenerationInput, 'stop' | 'logprobs'>;
  readonly outputTokensMax: number;
}

/** So many pieces does an engine make of a token, on the whole, that sends each character by itself. More is a runaway. */
const PIECES_PER_TOKEN_MAX = 8;
/** One token alone may be a long word. */
const PIECES_MAX_AT_LEAST = 64;

/**
 * The events of one choice out of the engine's chunks. Where it tells its tokens at the end alone, a chunk with text counts
 * one until then; what is billed is what it says. Only of a choice that was left before its end is that count all there is.
 */
export function createChoiceWriter({ choice, input, outputTokensMax }: ChoiceWriterOptions): ChoiceWriter {
  // Asked of the engine too; not every one leaves a stop sequence out of its text.
  const matcher = createStopMatcher(input.stop);
  const held = createHeldLogprobs();
  const piecesMax = Math.max(PIECES_MAX_AT_LEAST, outputTokensMax * PIECES_PER_TOKEN_MAX);
  let pieces = 0;
  let made = 0;
  /** Of all that was read. Null: there is text that the engine has not counted yet. */
  let told: number | null = null;
  let reason: UpstreamChunk['finish'] = null;
  let isOver = false;

  function tokensOf(chunk: UpstreamChunk): number {
    const counted = chunk.text === '' ? 0 : Math.max(1, chunk.logprobs?.length ?? 0);
    const sum = chunk.usage ? chunk.usage.outputTokens : made + counted;
    return Math.max(0, Math.min(sum, outputTokensMax) - made);
  }

  /** It had all that was asked for before, by its own count, or has sent more pieces than that can be. */
  function isTooMuch({ text, usage }: UpstreamChunk): boolean {
    if (text === '') return false;
    const hadAll = told !== null && told >= outputTokensMax;
    return (hadAll && usage !== null && usage.outputTokens > outputTokensMax) || pieces >= piecesMax;
  }

  function textEvent(text: string, tokens: number): GenerationText[] {
    const logprobs = input.logprobs === null ? null : held.tell(text.length);
    if (text === '' && tokens === 0 && !logprobs?.length) return [];
    made += tokens;
    return [{ kind: 'text', choice, text, tokens, logprobs }];
  }

  function finished(as: GenerationFinished['reason']): GenerationFinished {
    const outputTokens = told === null ? made : Math.min(told, outputTokensMax);
    return { kind: 'finished', choice, reason: as, outputTokens };
  }

  return {
    take(chunk) {
      if (reason !== null && chunk.text !== '') isOver = true;
      if (isOver) return [];
      if (isTooMuch(chunk)) {
        reason = 'length';
        isOver = true;
        return textEvent(matcher.end(), 0);
      }
      if (chunk.usage) told = chunk.usage.outputTokens;
      else if (chunk.text !== '') told = null;
      if (reason !== null) return [];
      if (chunk.text !== '') pieces++;
      const tokens = tokensOf(chunk);
      const { text, stopped } = matcher.push(chunk.text);
      if (input.logprobs !== null) holdLogprobs(held, chunk, input.logprobs);
      const events = textEvent(text, tokens);
      if (stopped) reason = 'stop';
      else if (chunk.finish !== null) {
        reason = chunk.finish;
        events.push(...textEvent(matcher.end(), 0));
      }
      return events;
    },
    get isOver() {
      return isOver;
    },
    get isWhole() {
      return reason !== null && told !== null;
    },
    finish() {
      if (reason === null)
        throw new RemoteEngineError('cut', "The engine's stream ended before its answer did.");
      if (told === null && !isOver) {
        throw new RemoteEngineError('unreadable', 'The engine did not tell the tokens of its answer.');
      }
      return finished(reason);
    },
    cancel: () => finished('cancelled'),
  };
}

/** Of several tokens each has its own text; where they don't add up to the piece's, the last one has all of it. */
function holdLogprobs(held: HeldLogprobs, { text, logprobs }: UpstreamChunk, alternatives: number): void {
  const tokens = logprobs ?? [];
  const isSum = tokens.map(({ token }) => token).join('') === text;
  for (const [index, token] of tokens.entries()) {
    const own = index === tokens.length - 1 ? text.length : 0;
    const cut = { ...token, alternatives: token.alternatives.slice(0, alternatives) };
    held.push(cut, isSum ? token.token.length : own);
  }
}
