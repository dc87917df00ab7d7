import { describe, expect, it } from 'vitest';
import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';
import { readChunk, readUsage } from './upstream-chunk.ts';

const choice = (over: object) => ({ choices: [{ index: 0, ...over }] });

describe('a piece of an answer', () => {
  it('is read in the shape of chats', () => {
    expect(readChunk(choice({ delta: { role: 'assistant', content: '' }, finish_reason: null }))).toEqual({
      text: '',
      logprobs: null,
      finish: null,
      usage: null,
      isProgress: false,
    });
    const token = { token: ' sea', bytes: [32, 115, 101, 97], logprob: -0.5 };
    const logprobs = { content: [{ ...token, top_logprobs: [token] }], refusal: null };
    expect(readChunk(choice({ delta: { content: ' sea' }, logprobs }))).toMatchObject({
      text: ' sea',
      logprobs: [{ id: null, ...token, alternatives: [token] }],
    });
  });

  it('is read in the older shape of completions, the most probable alternative first', () => {
    const logprobs = {
      text_offset: [0],
      tokens: [' sea'],
      token_logprobs: [-2],
      top_logprobs: [{ ' sea': -2, ' sun': -0.25 }],
    };
    const { text, logprobs: read } = readChunk(choice({ text: ' sea', logprobs, finish_reason: null }));
    expect(text).toBe(' sea');
    expect(read).toMatchObject([{ id: null, token: ' sea', logprob: -2, bytes: [32, 115, 101, 97] }]);
    expect(read?.[0]?.alternatives.map(({ token }) => token)).toEqual([' sun', ' sea']);
  });

  it('may have no logarithm, where a token was all but impossible', () => {
    const logprobs = { content: [{ token: 'x', logprob: null, bytes: null, top_logprobs: [] }] };
    expect(readChunk(choice({ delta: { content: 'x' }, logprobs })).logprobs?.[0]?.logprob).toBe(-9_999);
  });

  it('may be work of which nothing is told', () => {
    const progress = (delta: object) => readChunk(choice({ delta })).isProgress;
    expect(progress({ role: 'assistant', content: '' })).toBe(false);
    expect(progress({ content: null, tool_calls: [] })).toBe(false);
    expect(progress({ content: 'sea' })).toBe(true);
    expect(progress({ content: null, reasoning_content: 'The sea is' })).toBe(true);
  });

  it('tells its end in the words of several engines', () => {
    const finish = (reason: string) => readChunk(choice({ delta: {}, finish_reason: reason })).finish;
    for (const reason of ['length', 'content_filter']) expect(finish(reason)).toBe(reason);
    for (const reason of ['stop', 'eos_token', 'stop_sequence']) {
      expect(finish(reason)).toBe('stop');
    }
    expect(() => finish('abort')).toThrow(RemoteEngineError);
  });

  it('may be an error, or nothing of the kind', () => {
    for (const event of [{ error: 'x' }, { choices: 'x' }, { choices: [{ text: 7 }] }, [], 'x', null]) {
      expect(() => readChunk(event), JSON.stringify(event)).toThrow(RemoteEngineError);
    }
  });
});

describe('usage', () => {
  it('is that of the engine, running or at the end', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };
    expect(readUsage({ usage })).toEqual({ inputTokens: 7, cachedTokens: 0, outputTokens: 2 });
    const details = { prompt_tokens_details: { cached_tokens: 4 } };
    expect(readUsage({ usage: { ...usage, ...details } })).toMatchObject({ cachedTokens: 4 });
    expect(readUsage({ usage: { ...usage, prompt_tokens_details: null } })).toMatchObject({
      cachedTokens: 0,
    });
  });

  it('is read off llama.cpp’s times where that is all it tells', () => {
    expect(readUsage({ timings: { cache_n: 32, prompt_n: 1, predicted_n: 5, prompt_ms: 3.5 } })).toEqual({
      inputTokens: 33,
      cachedTokens: 32,
      outputTokens: 5,
    });
  });

  it('without one of its sides is none', () => {
    const usage = { prompt_tokens: 7, completion_tokens: null };
    expect(readUsage({ usage })).toBeNull();
    expect(readChunk({ choices: [], usage: { prompt_tokens: 7 } }).usage).toBeNull();
    expect(readUsage({ usage, timings: { cache_n: 0, prompt_n: 7, predicted_n: 2 } })).toMatchObject({
      outputTokens: 2,
    });
  });

  it.each([[{}], [{ usage: null }], [{ usage: { prompt_tokens: -1 } }], [{ usage: 'many' }], [null]])(
    'is not made up: %j',
    (given) => {
      expect(readUsage(given)).toBeNull();
    },
  );
});
