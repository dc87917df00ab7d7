import { describe, expect, it } from 'vitest';
import { ModelConfigError } from './config-fields.ts';
import { parseGpt2Config } from './gpt2-config.ts';
import { parseLlamaConfig } from './llama-config.ts';

const llama = {
  model_type: 'llama',
  hidden_size: 48,
  intermediate_size: 72,
  num_hidden_layers: 3,
  num_attention_heads: 6,
  vocab_size: 89,
};

const gpt2 = { model_type: 'gpt2', n_embd: 48, n_layer: 3, n_head: 6, n_positions: 32, vocab_size: 89 };

describe('parseLlamaConfig', () => {
  it("takes transformers' defaults for what is left out", () => {
    const defaults = {
      keyValueHeads: 6,
      headSize: 8,
      rotaryBase: 10_000,
      normEpsilon: 1e-6,
      tiedEmbeddings: false,
    };
    expect(parseLlamaConfig(llama)).toMatchObject(defaults);
  });

  it.each([
    ['version 4', { rope_theta: 5000 }],
    ['version 5', { rope_parameters: { rope_theta: 5000, rope_type: 'default' } }],
  ])('reads the base of the angles as %s writes it', (_, fields) => {
    expect(parseLlamaConfig({ ...llama, ...fields }).rotaryBase).toBe(5000);
  });

  it.each([
    ['another architecture', { model_type: 'mistral' }, 'model_type is "mistral"'],
    ['another activation', { hidden_act: 'gelu' }, 'hidden_act is "gelu"'],
    ['biases', { attention_bias: true }, 'attention_bias is true'],
    ['scaled angles of version 4', { rope_scaling: { type: 'linear', factor: 2 } }, 'type is "linear"'],
    ['scaled angles of version 5', { rope_parameters: { rope_type: 'llama3' } }, 'rope_type is "llama3"'],
    ['key heads that do not divide the heads', { num_key_value_heads: 4 }, 'no multiple'],
    ['heads that do not divide the width', { num_attention_heads: 5 }, 'head_dim is no whole number'],
    ['heads of an odd width', { head_dim: 7 }, 'no pairs'],
    ['a base of 0', { rope_theta: 0 }, 'rope_theta is no number above 0'],
    ['a text for a flag', { tie_word_embeddings: 'yes' }, 'tie_word_embeddings is neither'],
    ['a width of billions', { hidden_size: 1e10 }, 'hidden_size is no whole number'],
  ])('refuses %s', (_, change, sentence) => {
    expect(() => parseLlamaConfig({ ...llama, ...change })).toThrow(ModelConfigError);
    expect(() => parseLlamaConfig({ ...llama, ...change })).toThrow(sentence);
  });
});

describe('parseGpt2Config', () => {
  it("takes transformers' defaults for what is left out", () => {
    const defaults = { intermediateSize: 192, normEpsilon: 1e-5, tiedEmbeddings: true, residualDropout: 0.1 };
    expect(parseGpt2Config(gpt2)).toMatchObject(defaults);
    expect(parseGpt2Config({ ...gpt2, n_inner: null }).intermediateSize).toBe(192);
  });

  it.each([
    ['another architecture', { model_type: 'gptj' }, 'model_type is "gptj"'],
    ['another activation', { activation_function: 'relu' }, 'activation_function is "relu"'],
    ['attention scaled by the layer', { scale_attn_by_inverse_layer_idx: true }, 'only false is known'],
    ['attention that is not scaled', { scale_attn_weights: false }, 'only true is known'],
    ['heads that do not divide the width', { n_head: 5 }, 'no multiple'],
  ])('refuses %s', (_, change, sentence) => {
    expect(() => parseGpt2Config({ ...gpt2, ...change })).toThrow(ModelConfigError);
    expect(() => parseGpt2Config({ ...gpt2, ...change })).toThrow(sentence);
  });
});
