import type { ChatMessage, GenerationInput, Prompt } from '../text-generator.ts';
import type { TextEngine } from './text-engine.ts';

export interface FittedPrompt {
  /** Null: so many that they were not even counted. */
  readonly tokens: readonly number[] | null;
  /** What the context has for it. There may still be more tokens than that. */
  readonly room: number;
  readonly truncated: boolean;
}

type Chat = Extract<Prompt, { kind: 'chat' }>;
type Engine = Pick<TextEngine, 'limits' | 'tokensOf'>;

/**
 * A prompt's tokens; where it may be cut, without the oldest of it: the first tokens of a text, the first turns of a
 * chat, but neither its system message nor its last one. Counting holds up whatever is being written, so what can't fit is
 * not counted, and of a chat that is cut little more than what is kept.
 */
export function fitPrompt(
  engine: Engine,
  { prompt, truncate, outputTokensMax }: Pick<GenerationInput, 'prompt' | 'truncate' | 'outputTokensMax'>,
): FittedPrompt {
  const { contextTokens, tokenBytesMax } = engine.limits;
  // An answer has a token at least, and its last one is never read. A prompt is not cut to less than half of the context.
  const room = contextTokens - (truncate ? Math.min(outputTokensMax, Math.ceil(contextTokens / 2)) : 1);
  if (prompt.kind === 'text') {
    const tokens = engine.tokensOf(prompt);
    const isCut = truncate && tokens.length > room;
    return { tokens: isCut ? tokens.slice(-room) : tokens, room, truncated: isCut };
  }
  const shorter = truncate ? withoutOldest(engine, prompt, room) : prompt;
  const isCountable = bytesOf(shorter) <= room * tokenBytesMax;
  return { tokens: isCountable ? engine.tokensOf(shorter) : null, room, truncated: shorter !== prompt };
}

/** The most of its newest turns that fit; the last one in any case. */
function withoutOldest(engine: Engine, chat: Chat, room: number): Chat {
  const turns = chat.messages.filter(({ role }) => role !== 'system').length;
  let most = turnsAtMost(engine, chat, room);
  if (most === turns && fits(turns)) return chat;
  let least = Math.min(1, turns);
  most = Math.min(most, turns - 1);
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle - 1;
  }
  return newest(chat, least);

  function fits(kept: number): boolean {
    const candidate = newest(chat, kept);
    return (
      bytesOf(candidate) <= room * engine.limits.tokenBytesMax && engine.tokensOf(candidate).length <= room
    );
  }
}

/** More turns than that have more tokens than there is room, the template's left out. */
function turnsAtMost({ limits, tokensOf }: Engine, { messages }: Chat, room: number): number {
  let left = room;
  let turns = 0;
  for (const { role, content } of messages.toReversed()) {
    if (role === 'system') continue;
    // A text by itself may have a token more: the one with which texts begin.
    if (Buffer.byteLength(content) > (left + 1) * limits.tokenBytesMax) return turns;
    left -= tokensOf({ kind: 'text', text: content }).length - 1;
    if (left < 0) return turns;
    turns++;
  }
  return turns;
}

function newest({ messages }: Chat, turns: number): Chat {
  let left = messages.filter(({ role }) => role !== 'system').length - turns;
  return { kind: 'chat', messages: messages.filter(({ role }) => role === 'system' || left-- <= 0) };
}

function bytesOf({ messages }: Chat): number {
  return messages.reduce((sum: number, { content }: ChatMessage) => sum + Buffer.byteLength(content), 0);
}
