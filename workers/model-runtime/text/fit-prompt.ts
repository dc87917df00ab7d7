import type { ChatMessage, GenerationInput, Prompt } from '../text-generator.ts';
import type { TextEngine } from './text-engine.ts';

export interface FittedPrompt {
  readonly tokens: readonly number[];
  /** What the context has for it. There may still be more tokens than that. */
  readonly room: number;
  readonly truncated: boolean;
}

/**
 * A prompt's tokens; where it may be cut, without the oldest of it: the first tokens of a text, the first turns of a
 * chat, but neither its system message nor its last one.
 */
export function fitPrompt(
  engine: Pick<TextEngine, 'limits' | 'tokensOf'>,
  { prompt, truncate, outputTokensMax }: Pick<GenerationInput, 'prompt' | 'truncate' | 'outputTokensMax'>,
): FittedPrompt {
  const { contextTokens } = engine.limits;
  // An answer has a token at least, and its last one is never read.
  const room = Math.max(1, contextTokens - (truncate ? outputTokensMax : 1));
  let tokens = engine.tokensOf(prompt);
  if (!truncate || tokens.length <= room) return { tokens, room, truncated: false };
  if (prompt.kind === 'text') return { tokens: tokens.slice(-room), room, truncated: true };
  let shorter: Extract<Prompt, { kind: 'chat' }> | null = prompt;
  while (shorter && tokens.length > room) {
    shorter = withoutOldest(shorter.messages);
    if (shorter) tokens = engine.tokensOf(shorter);
  }
  return { tokens, room, truncated: true };
}

function withoutOldest(messages: readonly ChatMessage[]): Extract<Prompt, { kind: 'chat' }> | null {
  const oldest = messages.findIndex(({ role }) => role !== 'system');
  if (oldest < 0 || oldest === messages.length - 1) return null;
  return { kind: 'chat', messages: messages.toSpliced(oldest, 1) };
}
