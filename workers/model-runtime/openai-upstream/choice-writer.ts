import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';
import { createStopMatcher } from '../text/stop-matcher.ts';
import type { GenerationFinished, GenerationInput, GenerationText } from '../text-generator.ts';
import type { UpstreamChunk } from './upstream-chunk.ts';

export interface ChoiceWriter {
  take(chunk: UpstreamChunk): readonly GenerationText[];
  /** The engine goes on after an end that was found here: there is no more to be had of it. */
  readonly isOver: boolean;
  /** At the stream's end. Throws RemoteEngineError where it has none, or tells no tokens. */
  finish(): GenerationFinished;
  cancel(): GenerationFinished;
}

export interface ChoiceWriterOptions {
  readonly choice: number;
  readonly input: Pick<GenerationInput, 'stop' | 'logprobs'>;
  readonly outputTokensMax: number;
}

/**
 * The events of one choice out of the engine's chunks. A chunk with text counts one token, until the engine tells more:
 * never more than it says at the end, which is what is billed.
 */
export function createChoiceWriter({ choice, input, outputTokensMax }: ChoiceWriterOptions): ChoiceWriter {
  // Asked of the engine too; not every one leaves a stop sequence out of its text.
  const matcher = createStopMatcher(input.stop);
  let made = 0;
  let told: number | null = null;
  let reason: 'stop' | 'length' | null = null;
  let isOver = false;

  function tokensOf(chunk: UpstreamChunk): number {
    const counted = chunk.text === '' ? 0 : Math.max(1, chunk.logprobs?.length ?? 0);
    const sum = chunk.usage ? chunk.usage.outputTokens : made + counted;
    return Math.max(0, Math.min(sum, outputTokensMax) - made);
  }

  function textEvent(text: string, tokens: number, chunk: UpstreamChunk | null): GenerationText[] {
    const logprobs = input.logprobs === null ? null : logprobsOf(chunk, input.logprobs);
    if (text === '' && tokens === 0 && !logprobs?.length) return [];
    made += tokens;
    return [{ kind: 'text', choice, text, tokens, logprobs }];
  }

  return {
    take(chunk) {
      if (chunk.usage) told = chunk.usage.outputTokens;
      if (reason !== null) {
        if (chunk.text !== '') isOver = true;
        return [];
      }
      if (made >= outputTokensMax && chunk.text !== '') {
        reason = 'length';
        isOver = true;
        return textEvent(matcher.end(), 0, null);
      }
      const tokens = tokensOf(chunk);
      const { text, stopped } = matcher.push(chunk.text);
      const events = textEvent(text, tokens, chunk);
      if (stopped) reason = 'stop';
      else if (chunk.finish !== null) {
        reason = chunk.finish;
        events.push(...textEvent(matcher.end(), 0, null));
      }
      return events;
    },
    get isOver() {
      return isOver;
    },
    finish() {
      if (reason === null)
        throw new RemoteEngineError('cut', "The engine's stream ended before its answer did.");
      if (told === null && !isOver) {
        throw new RemoteEngineError('unreadable', 'The engine did not tell the tokens of its answer.');
      }
      const outputTokens = Math.max(made, Math.min(told ?? made, outputTokensMax));
      return { kind: 'finished', choice, reason, outputTokens };
    },
    cancel: () => ({ kind: 'finished', choice, reason: 'cancelled', outputTokens: made }),
  };
}

function logprobsOf(chunk: UpstreamChunk | null, alternatives: number) {
  return (chunk?.logprobs ?? []).map((token) => ({
    ...token,
    alternatives: token.alternatives.slice(0, alternatives),
  }));
}
