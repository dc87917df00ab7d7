import {
  configFields,
  count,
  expectOff,
  expectValue,
  flag,
  fraction,
  ModelConfigError,
} from './config-fields.ts';

/** The fields of a Hugging Face `config.json` of `model_type: gpt2` that decide the forward pass. */
export interface Gpt2Config {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly positions: number;
  readonly normEpsilon: number;
  readonly tiedEmbeddings: boolean;
  readonly embeddingDropout: number;
  readonly attentionDropout: number;
  readonly residualDropout: number;
}

export function parseGpt2Config(json: unknown): Gpt2Config {
  const config = configFields(json);
  expectValue(config, 'model_type', 'gpt2');
  expectValue(config, 'activation_function', 'gelu_new', 'gelu_new');
  expectOff(config, 'scale_attn_by_inverse_layer_idx', 'add_cross_attention');
  if (!flag(config, 'scale_attn_weights', true)) {
    throw new ModelConfigError('config.json: scale_attn_weights is false; only true is known.');
  }
  const hiddenSize = count(config, 'n_embd', 16_384);
  const parsed: Gpt2Config = {
    hiddenSize,
    layers: count(config, 'n_layer', 256),
    heads: count(config, 'n_head', 1024),
    intermediateSize: count(config, 'n_inner', 65_536, 4 * hiddenSize),
    vocabularySize: count(config, 'vocab_size', 2_000_000),
    positions: count(config, 'n_positions', 131_072),
    normEpsilon: fraction(config, 'layer_norm_epsilon', 1e-5),
    tiedEmbeddings: flag(config, 'tie_word_embeddings', true),
    embeddingDropout: fraction(config, 'embd_pdrop', 0.1),
    attentionDropout: fraction(config, 'attn_pdrop', 0.1),
    residualDropout: fraction(config, 'resid_pdrop', 0.1),
  };
  if (parsed.hiddenSize % parsed.heads !== 0) {
    throw new ModelConfigError(
      `config.json: n_embd ${parsed.hiddenSize} is no multiple of n_head ${parsed.heads}.`,
    );
  }
  return parsed;
}
