import { describe, expect, it } from 'vitest';
import { type GenerationInput, GenerationRefusedError } from '../text-generator.ts';
import { dialects, type UpstreamEngine, upstreamEngines } from './dialects.ts';
import { answerRequest, countRequest, refuseUnsupported } from './upstream-request.ts';

const chat = { kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] } as const;
const text = { kind: 'text', text: 'Once' } as const;
const neutral = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  seed: 5,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: [],
} as const;
const input = (over: Partial<GenerationInput> = {}): GenerationInput => ({
  prompt: chat,
  truncate: false,
  outputTokensMax: 7,
  choices: 1,
  sampling: neutral,
  stop: [],
  logprobs: null,
  format: { kind: 'text' },
  ...over,
});
const request = (engine: UpstreamEngine, over: Partial<GenerationInput> = {}, choice = 0) =>
  answerRequest(input(over), {
    model: 'm',
    dialect: dialects[engine],
    choice,
    outputTokensMax: 7,
    runningUsage: dialects[engine].runningUsage !== null,
  });

const path = { logprobs: true, runningUsage: false, promptTokens: 1 };
const all = { chat: path, text: path, vocabularySize: null };
function refusedField(engine: UpstreamEngine, over: Partial<GenerationInput>, abilities = all) {
  try {
    refuseUnsupported(input(over), dialects[engine], abilities);
    return null;
  } catch (error) {
    if (error instanceof GenerationRefusedError && error.refusal.refused === 'unsupported') {
      return error.refusal.field;
    }
    throw error;
  }
}

describe('what an engine is asked', () => {
  it('has every parameter of a chat, by the names that OpenAI gives them', () => {
    const sampling = {
      ...neutral,
      temperature: 0.5,
      topP: 0.9,
      presencePenalty: 0.1,
      frequencyPenalty: -0.2,
      logitBias: [[7, -100]] as const,
    };
    expect(request('compatible', { sampling, stop: ['\n'], logprobs: 3, format: { kind: 'json' } })).toEqual({
      path: '/chat/completions',
      body: {
        model: 'm',
        messages: chat.messages,
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 7,
        seed: 5,
        temperature: 0.5,
        top_p: 0.9,
        presence_penalty: 0.1,
        frequency_penalty: -0.2,
        logit_bias: { 7: -100 },
        stop: ['\n'],
        logprobs: true,
        top_logprobs: 3,
        response_format: { type: 'json_object' },
      },
    });
  });

  it('says what is neutral too, since defaults differ, but where that is refused', () => {
    const fields = (engine: UpstreamEngine) => Object.keys(request(engine).body);
    expect(fields('vllm')).toEqual(expect.arrayContaining(['top_p', 'top_k', 'min_p', 'repetition_penalty']));
    expect(fields('llama-cpp')).toEqual(expect.arrayContaining(['top_k', 'min_p', 'repeat_penalty']));
    expect(fields('tgi')).not.toContain('top_p');
  });

  it('asks for the usage with each piece where an engine has it', () => {
    expect(request('vllm').body.stream_options).toEqual({
      include_usage: true,
      continuous_usage_stats: true,
    });
    expect(request('llama-cpp').body).toMatchObject({ timings_per_token: true });
  });

  it('takes the most probable token for a top_p of 0, which engines refuse', () => {
    const { body } = request('openai', { sampling: { ...neutral, topP: 0 } });
    expect(body).toMatchObject({ temperature: 0, top_p: 1, max_completion_tokens: 7 });
  });

  it('draws each choice with a seed of its own, in 31 bits', () => {
    const sampling = { ...neutral, seed: 2 ** 32 - 1 };
    const seeds = [0, 1, 2].map((choice) => request('vllm', { sampling }, choice).body.seed);
    expect(seeds).toEqual([2 ** 31 - 1, 0, 1]);
  });

  it('has the shapes of completions for a text', () => {
    expect(request('openai', { prompt: text, logprobs: 0 })).toMatchObject({
      path: '/completions',
      body: { prompt: 'Once', max_tokens: 7, logprobs: 1 },
    });
    expect(countRequest(text, 'm', dialects.openai)).toEqual({
      path: '/completions',
      body: { model: 'm', prompt: 'Once', stream: false, max_tokens: 1 },
    });
  });

  it('holds an answer to a schema in the way that the engine has', () => {
    const format = { kind: 'json_schema', schema: { type: 'object' } } as const;
    expect(request('vllm', { format }).body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
    });
    expect(request('llama-cpp', { format }).body.grammar).toContain('root ::=');
  });
});

describe('what an engine can not promise', () => {
  const sampled = (over: Partial<GenerationInput['sampling']>) => ({ sampling: { ...neutral, ...over } });
  const json = { format: { kind: 'json' } } as const;

  it('is refused by name', () => {
    expect(refusedField('compatible', sampled({ topK: 4 }))).toBe('top_k');
    expect(refusedField('openai', sampled({ minP: 0.1 }))).toBe('min_p');
    expect(refusedField('tgi', sampled({ repetitionPenalty: 1.1 }))).toBe('repetition_penalty');
    expect(refusedField('tgi', sampled({ logitBias: [[1, 1]] }))).toBe('logit_bias');
    expect(refusedField('tgi', json)).toBe('response_format');
    expect(refusedField('compatible', { ...json, prompt: text })).toBe('response_format');
    expect(refusedField('vllm', { truncate: true })).toBe('truncate');
    const none = { ...all, chat: { ...path, logprobs: false } };
    expect(refusedField('vllm', { logprobs: 0 }, none)).toBe('logprobs');
    expect(refusedField('vllm', { prompt: text }, { ...all, text: null } as never)).toBe('prompt');
  });

  it('is not refused where it changes nothing, or the engine has it', () => {
    for (const engine of upstreamEngines) expect(refusedField(engine, {})).toBeNull();
    for (const engine of ['vllm', 'llama-cpp'] as const) {
      expect(refusedField(engine, sampled({ topK: 4, minP: 0.1, repetitionPenalty: 1.1 }))).toBeNull();
      expect(refusedField(engine, { ...json, prompt: text })).toBeNull();
    }
  });
});
