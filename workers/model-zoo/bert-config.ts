import { configFields, count, expectValue, fraction, ModelConfigError } from './config-fields.ts';

export { ModelConfigError };

/** The fields of a Hugging Face `config.json` of `model_type: bert` that decide the forward pass. */
export interface BertConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly positions: number;
  readonly tokenTypes: number;
  readonly layerNormEpsilon: number;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
}

export function parseBertConfig(json: unknown): BertConfig {
  const config = configFields(json);
  expectValue(config, 'model_type', 'bert');
  expectValue(config, 'hidden_act', 'gelu');
  expectValue(config, 'position_embedding_type', 'absolute', 'absolute');
  const parsed: BertConfig = {
    hiddenSize: count(config, 'hidden_size', 16_384),
    layers: count(config, 'num_hidden_layers', 256),
    heads: count(config, 'num_attention_heads', 1024),
    intermediateSize: count(config, 'intermediate_size', 65_536),
    vocabularySize: count(config, 'vocab_size', 2_000_000),
    positions: count(config, 'max_position_embeddings', 131_072),
    tokenTypes: count(config, 'type_vocab_size', 1024),
    layerNormEpsilon: fraction(config, 'layer_norm_eps', 1e-12),
    hiddenDropout: fraction(config, 'hidden_dropout_prob', 0.1),
    attentionDropout: fraction(config, 'attention_probs_dropout_prob', 0.1),
  };
  if (parsed.hiddenSize % parsed.heads !== 0) {
    throw new ModelConfigError(
      `config.json: hidden_size ${parsed.hiddenSize} is no multiple of num_attention_heads ${parsed.heads}.`,
    );
  }
  return parsed;
}
