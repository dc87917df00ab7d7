import { describe, expect, it } from 'vitest';
import { bytesSource } from './byte-source.ts';
import { GgufError } from './gguf-error.ts';
import { llamaFromGguf } from './llama-from-gguf.ts';
import type { GgufValue } from './metadata.ts';
import { quantize } from './quantize.ts';
import { readGguf } from './read-gguf.ts';
import { tokenizerFromGguf } from './tokenizer-from-gguf.ts';
import { type TensorToWrite, writeGguf } from './write-gguf.ts';

const text = (value: string): GgufValue => ({ type: 'string', value });
const whole = (value: number): GgufValue => ({ type: 'uint32', value });
const float = (value: number): GgufValue => ({ type: 'float32', value });
const texts = (...value: string[]): GgufValue => ({ type: 'array', of: 'string', value });

const metadata: Record<string, GgufValue> = {
  'general.architecture': text('llama'),
  'llama.block_count': whole(1),
  'llama.context_length': { type: 'uint64', value: 64n },
  'llama.embedding_length': whole(8),
  'llama.feed_forward_length': whole(16),
  'llama.attention.head_count': whole(2),
  'llama.attention.head_count_kv': whole(1),
  'llama.attention.layer_norm_rms_epsilon': float(1e-5),
  'llama.rope.freq_base': float(100_000),
  'tokenizer.ggml.model': text('gpt2'),
  'tokenizer.ggml.pre': text('smollm'),
  'tokenizer.ggml.tokens': texts('<|end|>', 'a', 'b', 'ab'),
  'tokenizer.ggml.token_type': { type: 'array', of: 'int32', value: [3, 1, 1, 1] },
  'tokenizer.ggml.merges': texts('a b'),
  'tokenizer.ggml.eos_token_id': whole(0),
};

/** Each row has its own number, so that one sees where it went. */
function rows(name: string, count: number, columns = 8): TensorToWrite {
  const values = Float32Array.from({ length: count * columns }, (_, index) => Math.floor(index / columns));
  return { name, shape: [count, columns], type: 'F32', bytes: () => quantize(name, 'F32', values) };
}

const tensors = [
  rows('token_embd.weight', 4),
  rows('blk.0.attn_q.weight', 8),
  rows('blk.0.attn_k.weight', 4),
];

function model(change: Record<string, GgufValue> = {}, more: readonly TensorToWrite[] = []) {
  const entries = new Map(Object.entries({ ...metadata, ...change }));
  return readGguf(bytesSource(Buffer.concat([...writeGguf(entries, [...tensors, ...more])])));
}

function firstColumn(name: string): number[] {
  const values = new Map(llamaFromGguf(model()).tensors()).get(name)?.data ?? [];
  return Array.from(values, Number).filter((_, index) => index % 8 === 0);
}

describe('a Llama decoder out of a GGUF file', () => {
  it("has transformers' configuration", () => {
    expect(llamaFromGguf(model()).configJson).toMatchObject({
      model_type: 'llama',
      num_key_value_heads: 1,
      max_position_embeddings: 64,
      rms_norm_eps: 1e-5,
      rope_theta: 100_000,
      vocab_size: 4,
      tie_word_embeddings: true,
      eos_token_id: 0,
    });
    expect(llamaFromGguf(model({}, [rows('output.weight', 4)])).config.tiedEmbeddings).toBe(false);
  });

  it("has the rows of query and key in transformers' order: by head, first halves of the pairs first", () => {
    expect(firstColumn('model.layers.0.self_attn.q_proj.weight')).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
    expect(firstColumn('model.layers.0.self_attn.k_proj.weight')).toEqual([0, 2, 1, 3]);
  });

  it.each([
    ['another architecture', { 'general.architecture': text('qwen2') }, 'architecture "qwen2"'],
    ['scaled angles', { 'llama.rope.scaling.type': text('yarn') }, 'llama.rope.scaling.type is yarn'],
    ['experts', { 'llama.expert_count': whole(8) }, 'llama.expert_count is 8'],
  ])('refuses %s', (_, change, sentence) => {
    expect(() => llamaFromGguf(model(change))).toThrow(GgufError);
    expect(() => llamaFromGguf(model(change))).toThrow(sentence);
  });

  it('refuses tensors that it has no place for', () => {
    const odd = llamaFromGguf(model({}, [rows('blk.0.attn_q.bias', 1)]));
    expect(() => [...odd.tensors()]).toThrow('blk.0.attn_q.bias belongs to no part');
    const scaled = llamaFromGguf(model({}, [rows('rope_freqs.weight', 1)]));
    expect(() => [...scaled.tensors()]).toThrow('scales its rotary frequencies');
  });
});

describe('a tokenizer out of a GGUF file', () => {
  it("is written as Hugging Face's tokenizers read it", () => {
    const files = tokenizerFromGguf(model());
    expect(files['tokenizer.json']).toMatchObject({
      added_tokens: [{ id: 0, content: '<|end|>', special: true }],
      model: { type: 'BPE', vocab: { '<|end|>': 0, ab: 3 }, merges: ['a b'] },
    });
    expect(files['tokenizer_config.json']).toMatchObject({ model_max_length: 64, eos_token: '<|end|>' });
  });

  it.each([
    ['another kind', { 'tokenizer.ggml.model': text('llama') }, 'The tokenizer is "llama"'],
    ['another way of splitting', { 'tokenizer.ggml.pre': text('qwen2') }, 'splits texts as "qwen2"'],
    ['a vocabulary of numbers', { 'tokenizer.ggml.tokens': whole(1) }, 'has no tokenizer.ggml.tokens'],
  ])('refuses %s', (_, change, sentence) => {
    expect(() => tokenizerFromGguf(model(change))).toThrow(sentence);
  });
});
