import { describe, expect, it } from 'vitest';
import { ModelRuntimeError } from '../model-runtime.ts';
import {
  type GenerationEvent,
  type GenerationInput,
  GenerationQueueFullError,
  GenerationRefusedError,
} from '../text-generator.ts';
import { type FakeTextGenerator, fakeTextGenerator } from './fake-text-generator.ts';

const input = (more: Partial<GenerationInput> = {}): GenerationInput => ({
  prompt: { kind: 'text', text: 'two words' },
  truncate: false,
  outputTokensMax: 100,
  choices: 1,
  sampling: {
    temperature: 1,
    topP: 1,
    topK: 0,
    minP: 0,
    seed: 7,
    repetitionPenalty: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: [],
  },
  stop: [],
  logprobs: null,
  format: { kind: 'text' },
  ...more,
});

async function collect(
  model: FakeTextGenerator,
  given: GenerationInput,
  signal = new AbortController().signal,
) {
  const events: GenerationEvent[] = [];
  for await (const event of model.generate(given, { lane: 'one', signal })) events.push(event);
  return events;
}
const textOf = (events: readonly GenerationEvent[], choice = 0) =>
  events.map((event) => (event.kind === 'text' && event.choice === choice ? event.text : '')).join('');
const endOf = (events: readonly GenerationEvent[], choice = 0) =>
  events.find((event) => event.kind === 'finished' && event.choice === choice);
const countOf = (events: readonly GenerationEvent[], choice = 0) =>
  events.reduce(
    (sum, event) => sum + (event.kind === 'text' && event.choice === choice ? event.tokens : 0),
    0,
  );

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('fakeTextGenerator', () => {
  it('begins with started, ends each choice with finished, and counts every token once', async () => {
    const events = await collect(fakeTextGenerator({ answerOf: () => letters }), input({ choices: 2 }));
    expect(events[0]).toEqual({ kind: 'started', inputTokens: 2, cachedTokens: 0, truncated: false });
    for (const choice of [0, 1]) {
      expect(textOf(events, choice)).toBe('abcdef');
      expect(countOf(events, choice)).toBe(6);
      expect(endOf(events, choice)).toMatchObject({ reason: 'stop', outputTokens: 6 });
    }
  });

  it('repeats itself, and draws choice i with seed + i', async () => {
    const model = fakeTextGenerator();
    const two = await collect(model, input({ choices: 2 }));
    expect(two).toEqual(await collect(model, input({ choices: 2 })));
    const next = await collect(model, input({ sampling: { ...input().sampling, seed: 8 } }));
    expect(textOf(two, 1)).toBe(textOf(next));
    expect(textOf(two, 0)).not.toBe(textOf(two, 1));
  });

  it('ends at outputTokensMax and at the context', async () => {
    const short = await collect(
      fakeTextGenerator({ answerOf: () => letters }),
      input({ outputTokensMax: 3 }),
    );
    expect([textOf(short), endOf(short)]).toMatchObject(['abc', { reason: 'length', outputTokens: 3 }]);
    const narrow = fakeTextGenerator({ answerOf: () => letters, contextTokens: 4 });
    expect(endOf(await collect(narrow, input()))).toMatchObject({ reason: 'length', outputTokens: 2 });
  });

  it('never gives out a part of a stop sequence, wherever its tokens break', async () => {
    const model = fakeTextGenerator({ answerOf: () => letters });
    const stopped = await collect(model, input({ stop: ['cd'] }));
    expect([textOf(stopped), endOf(stopped)]).toMatchObject(['ab', { reason: 'stop', outputTokens: 4 }]);
    expect(countOf(stopped)).toBe(4);
    const almost = await collect(model, input({ stop: ['cx', 'efg'] }));
    expect(textOf(almost)).toBe('abcdef');
    expect(countOf(almost)).toBe(6);
  });

  it('ends each choice as cancelled once aborted, with what was made', async () => {
    const leaving = new AbortController();
    const model = fakeTextGenerator({ answerOf: () => letters, tokenMs: 1 });
    const events: GenerationEvent[] = [];
    for await (const event of model.generate(input({ choices: 2 }), {
      lane: 'one',
      signal: leaving.signal,
    })) {
      events.push(event);
      if (events.length === 5) leaving.abort();
    }
    for (const choice of [0, 1])
      expect(endOf(events, choice)).toMatchObject({
        reason: 'cancelled',
        outputTokens: countOf(events, choice),
      });
    expect(await collect(model, input(), AbortSignal.abort())).toEqual([]);
  });

  it('refuses what does not fit, cuts it when asked, and refuses numbers that no token has', async () => {
    const model = fakeTextGenerator({ contextTokens: 2 });
    await expect(collect(model, input())).rejects.toMatchObject({
      refusal: { refused: 'input_too_long', tokens: 2, contextTokens: 2 },
    });
    expect((await collect(model, input({ truncate: true })))[0]).toMatchObject({
      truncated: true,
      inputTokens: 1,
    });
    const bias = { ...input().sampling, logitBias: [[49_152, 1]] as const };
    await expect(collect(model, input({ sampling: bias }))).rejects.toBeInstanceOf(GenerationRefusedError);
  });

  it('fails and is full when told to', async () => {
    const failing = fakeTextGenerator({ failAfter: () => 2 });
    await expect(collect(failing, input())).rejects.toBeInstanceOf(ModelRuntimeError);
    expect(failing.running).toBe(0);
    const full = fakeTextGenerator({ queueIsFull: () => true });
    await expect(collect(full, input())).rejects.toBeInstanceOf(GenerationQueueFullError);
  });

  it('gives one log probability for each token of a text', async () => {
    const events = await collect(
      fakeTextGenerator({ answerOf: () => letters }),
      input({ logprobs: 2, stop: ['de'] }),
    );
    const tokens = events.flatMap((event) => (event.kind === 'text' ? (event.logprobs ?? []) : []));
    expect(tokens.map(({ token }) => token).join('')).toBe(textOf(events));
    expect(tokens[0]?.alternatives).toHaveLength(2);
  });

  it('writes as many words as it is asked for', async () => {
    const events = await collect(fakeTextGenerator(), input({ prompt: { kind: 'text', text: 'write 30' } }));
    expect(endOf(events)).toMatchObject({ reason: 'stop', outputTokens: 30 });
    expect(textOf(events).split(' ')).toHaveLength(30);
  });

  it('writes JSON when asked to', async () => {
    const events = await collect(fakeTextGenerator(), input({ format: { kind: 'json' } }));
    expect(JSON.parse(textOf(events))).toHaveProperty('answer');
  });
});
