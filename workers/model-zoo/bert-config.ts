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

export class ModelConfigError extends Error {
  override readonly name = 'ModelConfigError';
}

export function parseBertConfig(json: unknown): BertConfig {
  if (typeof json !== 'object' || json === null) throw new ModelConfigError('config.json is not an object.');
  const config = json as Record<string, unknown>;
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

function expectValue(config: Record<string, unknown>, key: string, expected: string, ifAbsent?: string) {
  const value = config[key] ?? ifAbsent;
  if (value !== expected) {
    throw new ModelConfigError(
      `config.json: ${key} is ${JSON.stringify(value)}; only "${expected}" is known.`,
    );
  }
}

function count(config: Record<string, unknown>, key: string, max: number): number {
  const value = config[key];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max) {
    throw new ModelConfigError(`config.json: ${key} is no whole number from 1 to ${max}.`);
  }
  return value;
}

function fraction(config: Record<string, unknown>, key: string, ifAbsent: number): number {
  const value = config[key] ?? ifAbsent;
  if (typeof value !== 'number' || !(value >= 0 && value < 1)) {
    throw new ModelConfigError(`config.json: ${key} is no number from 0 to 1.`);
  }
  return value;
}
