import { describe, expect, it } from 'vitest';
import { createChoiceWriter } from './choice-writer.ts';
import type { UpstreamChunk } from './upstream-chunk.ts';

const chunk = (over: Partial<UpstreamChunk>): UpstreamChunk => ({
  text: '',
  logprobs: null,
  finish: null,
  usage: null,
  isProgress: false,
  ...over,
});
const usage = (outputTokens: number) => ({ inputTokens: 5, cachedTokens: 0, outputTokens });

function write(
  chunks: readonly Partial<UpstreamChunk>[],
  stop: readonly string[] = [],
  outputTokensMax = 10,
) {
  const writer = createChoiceWriter({ choice: 0, input: { stop, logprobs: null }, outputTokensMax });
  const events = [];
  for (const given of chunks) {
    events.push(...writer.take(chunk(given)));
    if (writer.isOver) break;
  }
  const text = events.map((event) => event.text).join('');
  return { writer, text, tokens: events.reduce((sum, event) => sum + event.tokens, 0) };
}

describe('the tokens of a choice', () => {
  it('are one a piece until the engine tells them, and what it tells at the end', () => {
    const end = [{ finish: 'stop' as const }, { usage: usage(4) }];
    const { writer, tokens } = write([{ text: 'a' }, { text: '' }, { text: 'b' }, ...end]);
    expect(tokens).toBe(2);
    expect(writer.finish()).toMatchObject({ reason: 'stop', outputTokens: 4 });
  });

  it('are told with each piece where the engine does, several at once too', () => {
    const { writer, tokens } = write([
      { text: 'a b c', usage: usage(3) },
      { text: ' d', usage: usage(4) },
      { finish: 'length', usage: usage(4) },
    ]);
    expect(tokens).toBe(4);
    expect(writer.finish()).toMatchObject({ reason: 'length', outputTokens: 4 });
  });

  it('are what the engine says where it makes several pieces of one, and none of the text is lost', () => {
    const pieces = ['to', 'k', 'ens'].map((text) => ({ text }));
    const end = [{ finish: 'stop' as const }, { usage: usage(1) }];
    for (const max of [10, 1]) {
      const { writer, text } = write([...pieces, ...end], [], max);
      expect(text).toBe('tokens');
      expect(writer.isOver).toBe(false);
      expect(writer.finish()).toMatchObject({ reason: 'stop', outputTokens: 1 });
    }
  });

  it('end an engine’s text that runs on far beyond them', () => {
    const { writer, text, tokens } = write(
      Array.from({ length: 500 }, () => ({ text: 'a' })),
      [],
      10,
    );
    expect([text.length, tokens]).toEqual([80, 10]);
    expect(writer.isOver).toBe(true);
    expect(writer.finish()).toMatchObject({ reason: 'length', outputTokens: 10 });
    const stuck = write(
      Array.from({ length: 500 }, () => ({ text: 'a', usage: usage(1) })),
      [],
      10,
    );
    expect(stuck.writer.isOver).toBe(true);
  });

  it('are never more than were asked for', () => {
    const counted = ['a', 'b', 'c'].map((text, index) => ({ text, usage: usage(index + 1) }));
    const { writer, text } = write(counted, [], 2);
    expect(text).toBe('ab');
    expect(writer.isOver).toBe(true);
    expect(writer.finish()).toMatchObject({ reason: 'length', outputTokens: 2 });
    const liar = write(
      [
        { text: 'a', usage: usage(900) },
        { finish: 'stop', usage: usage(900) },
      ],
      [],
      2,
    );
    expect(liar.tokens).toBe(2);
    expect(liar.writer.finish()).toMatchObject({ outputTokens: 2 });
  });

  it('are those that were made where it is left', () => {
    const { writer } = write([{ text: 'a' }, { text: 'b' }]);
    expect(writer.cancel()).toMatchObject({ reason: 'cancelled', outputTokens: 2 });
    const told = write([{ text: 'a' }, { text: 'b' }, { finish: 'stop' }, { usage: usage(1) }]).writer;
    expect(told.cancel()).toMatchObject({ reason: 'cancelled', outputTokens: 1 });
  });

  it('have to be told, and the text to have an end', () => {
    expect(() => write([{ text: 'a' }, { finish: 'stop' }]).writer.finish()).toThrow(
      'did not tell the tokens',
    );
    const early = write([{ text: 'a', usage: usage(1) }, { text: 'b' }, { finish: 'stop' }]);
    expect(() => early.writer.finish()).toThrow('did not tell the tokens');
    expect(() => write([{ text: 'a' }, { usage: usage(1) }]).writer.finish()).toThrow('before its answer');
  });
});

describe('a stop sequence', () => {
  it('over two pieces ends the text, and the engine’s own end is waited for', () => {
    const { writer, text } = write(
      [{ text: 'one ST' }, { text: 'OP' }, { finish: 'stop', usage: usage(3) }],
      ['STOP'],
    );
    expect(text).toBe('one ');
    expect(writer.isOver).toBe(false);
    expect(writer.finish()).toMatchObject({ reason: 'stop', outputTokens: 3 });
  });

  it('that the engine writes on after ends it here', () => {
    const { writer, text } = write([{ text: 'one STOP' }, { text: ' two' }], ['STOP']);
    expect(text).toBe('one ');
    expect(writer.isOver).toBe(true);
    expect(writer.finish()).toMatchObject({ reason: 'stop', outputTokens: 1 });
  });

  it('has no log probabilities, since it is no part of the text', () => {
    const token = (text: string) => ({ id: null, token: text, bytes: [], logprob: -1, alternatives: [] });
    const told = (pieces: readonly string[]) => {
      const options = { choice: 0, input: { stop: ['STOP'], logprobs: 0 }, outputTokensMax: 10 };
      const writer = createChoiceWriter(options);
      const given = [
        ...pieces.map((text) => ({ text, logprobs: [token(text)] })),
        { finish: 'length' as const },
      ];
      return given
        .flatMap((one) => writer.take(chunk(one)))
        .flatMap(({ logprobs }) => logprobs ?? [])
        .map((one) => one.token);
    };
    expect(told(['one', ' S', 'TOP'])).toEqual(['one', ' S']);
    expect(told(['one', 'ST', 'OP'])).toEqual(['one']);
    expect(told(['one', 'ST', 'IR'])).toEqual(['one', 'ST', 'IR']);
  });

  it('that only began is told at the end', () => {
    const { text } = write([{ text: 'one ST' }, { finish: 'length', usage: usage(2) }], ['STOP']);
    expect(text).toBe('one ST');
  });
});
