import { describe, expect, it } from 'vitest';
import type { ChatMessage, Prompt } from '../text-generator.ts';
import { fitPrompt } from './fit-prompt.ts';

/** A token a letter, and three that a template puts around each message. */
function engineOf({ contextTokens = 40, tokenBytesMax = 4 } = {}) {
  const engine = {
    limits: { sequences: 1, contextTokens, stepTokensMax: 16, tokenBytesMax },
    lettersCounted: 0,
    tokensOf(prompt: Prompt) {
      const text =
        prompt.kind === 'text'
          ? prompt.text
          : prompt.messages.map(({ content }) => `<${content}>\n`).join('');
      engine.lettersCounted += text.length;
      return [...Buffer.from(text)];
    },
  };
  return engine;
}

const chat = (...contents: readonly string[]): Prompt => ({
  kind: 'chat',
  messages: contents.map((content, index) => ({ role: index % 2 ? 'assistant' : 'user', content })),
});
const system: ChatMessage = { role: 'system', content: 'Be brief.' };
const textOf = (tokens: readonly number[] | null) => Buffer.from(tokens ?? []).toString();

describe('a prompt that is to fit', () => {
  it('loses as many of its oldest turns as it must, and no more', () => {
    const letters = [...'abcdefghijkl'];
    for (let turns = 1; turns <= letters.length; turns++) {
      const prompt = chat(...letters.slice(0, turns));
      const fitted = fitPrompt(engineOf(), { prompt, truncate: true, outputTokensMax: 10 });
      const kept = letters.slice(0, turns).slice(-7);
      expect(textOf(fitted.tokens)).toBe(kept.map((letter) => `<${letter}>\n`).join(''));
      expect(fitted.truncated).toBe(turns > 7);
    }
  });

  it('keeps its system message and its last turn, even where they are too long', () => {
    const last = { role: 'user', content: 'x'.repeat(30) } as const;
    const prompt = { kind: 'chat', messages: [{ role: 'user', content: 'old' }, system, last] } as const;
    const { tokens, room } = fitPrompt(engineOf(), { prompt, truncate: true, outputTokensMax: 1 });
    expect(textOf(tokens)).toBe(`<Be brief.>\n<${last.content}>\n`);
    expect(tokens?.length).toBeGreaterThan(room);
  });

  it('is not cut to nothing by an answer that may be longer than the context', () => {
    const given = { truncate: true, outputTokensMax: 4_000 };
    const hello = fitPrompt(engineOf(), { prompt: { kind: 'text', text: 'Hello there' }, ...given });
    expect([textOf(hello.tokens), hello.truncated]).toEqual(['Hello there', false]);
    const chatted = fitPrompt(engineOf(), { prompt: chat('Hello there'), ...given });
    expect([textOf(chatted.tokens), chatted.truncated]).toEqual(['<Hello there>\n', false]);
  });

  it('is not counted where it can never fit, and counted little beyond what is kept', () => {
    const engine = engineOf({ contextTokens: 400 });
    const prompt = chat(...Array.from({ length: 256 }, () => 'x'.repeat(2_000)));
    const given = { prompt, outputTokensMax: 100 };
    expect(fitPrompt(engine, { ...given, truncate: false }).tokens).toBeNull();
    expect(engine.lettersCounted).toBe(0);
    const many = {
      prompt: chat(...Array.from({ length: 256 }, () => 'x'.repeat(100))),
      outputTokensMax: 100,
    };
    const { tokens, room } = fitPrompt(engine, { ...many, truncate: true });
    expect(tokens).toHaveLength(206);
    expect(room).toBe(300);
    expect(engine.lettersCounted).toBeLessThan(2_000);
  });
});
