import { describe, expect, it } from 'vitest';
import { ModelConfigError, parseBertConfig } from './bert-config.ts';

const good = {
  model_type: 'bert',
  hidden_act: 'gelu',
  hidden_size: 48,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  intermediate_size: 80,
  vocab_size: 97,
  max_position_embeddings: 24,
  type_vocab_size: 2,
};

describe('parseBertConfig', () => {
  it("takes transformers' defaults for what is left out", () => {
    expect(parseBertConfig(good)).toMatchObject({ layerNormEpsilon: 1e-12, hiddenDropout: 0.1 });
  });

  it.each([
    ['another architecture', { model_type: 'roberta' }, 'model_type is "roberta"'],
    ['another activation', { hidden_act: 'gelu_new' }, 'hidden_act is "gelu_new"'],
    ['relative positions', { position_embedding_type: 'relative_key' }, 'position_embedding_type'],
    ['no layers', { num_hidden_layers: 0 }, 'num_hidden_layers is no whole number'],
    ['a width of billions', { hidden_size: 1e10 }, 'hidden_size is no whole number'],
    ['a width that is a text', { hidden_size: '48' }, 'hidden_size is no whole number'],
    ['heads that do not divide the width', { num_attention_heads: 5 }, 'no multiple'],
    ['an epsilon below 0', { layer_norm_eps: -1 }, 'layer_norm_eps is no number'],
  ])('refuses %s', (_, change, sentence) => {
    expect(() => parseBertConfig({ ...good, ...change })).toThrow(ModelConfigError);
    expect(() => parseBertConfig({ ...good, ...change })).toThrow(sentence);
  });

  it('refuses what is no object', () => {
    expect(() => parseBertConfig(null)).toThrow(ModelConfigError);
  });
});
