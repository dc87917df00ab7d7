import {
  type ConfigFields,
  configFields,
  count,
  expectOff,
  expectValue,
  flag,
  fraction,
  ModelConfigError,
  positive,
} from './config-fields.ts';

/** The fields of a Hugging Face `config.json` of `model_type: llama` that decide the forward pass. */
export interface LlamaConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly positions: number;
  readonly normEpsilon: number;
  readonly rotaryBase: number;
  readonly tiedEmbeddings: boolean;
  readonly attentionDropout: number;
}

const HIDDEN_MAX = 16_384;

export function parseLlamaConfig(json: unknown): LlamaConfig {
  const config = configFields(json);
  expectValue(config, 'model_type', 'llama');
  expectValue(config, 'hidden_act', 'silu', 'silu');
  expectOff(config, 'attention_bias', 'mlp_bias');
  const hiddenSize = count(config, 'hidden_size', HIDDEN_MAX);
  const heads = count(config, 'num_attention_heads', 1024);
  const parsed: LlamaConfig = {
    hiddenSize,
    layers: count(config, 'num_hidden_layers', 256),
    heads,
    keyValueHeads: count(config, 'num_key_value_heads', 1024, heads),
    headSize: count(config, 'head_dim', HIDDEN_MAX, hiddenSize / heads),
    intermediateSize: count(config, 'intermediate_size', 65_536),
    vocabularySize: count(config, 'vocab_size', 2_000_000),
    positions: count(config, 'max_position_embeddings', 131_072, 2048),
    normEpsilon: fraction(config, 'rms_norm_eps', 1e-6),
    rotaryBase: rotaryBase(config),
    tiedEmbeddings: flag(config, 'tie_word_embeddings', false),
    attentionDropout: fraction(config, 'attention_dropout', 0),
  };
  if (parsed.heads % parsed.keyValueHeads !== 0) {
    throw new ModelConfigError(
      `config.json: num_attention_heads ${parsed.heads} is no multiple of num_key_value_heads ${parsed.keyValueHeads}.`,
    );
  }
  if (parsed.headSize % 2 !== 0) {
    throw new ModelConfigError(`config.json: heads of ${parsed.headSize} channels have no pairs to turn.`);
  }
  return parsed;
}

/** `transformers` 5 writes `rope_parameters`, version 4 `rope_theta` and `rope_scaling`. */
function rotaryBase(config: ConfigFields): number {
  const stated = config.rope_parameters ?? config.rope_scaling ?? {};
  const parameters = configFields(stated);
  expectValue(parameters, 'rope_type', 'default', 'default');
  expectValue(parameters, 'type', 'default', 'default');
  return positive(parameters, 'rope_theta', 1e12, positive(config, 'rope_theta', 1e12, 10_000));
}
