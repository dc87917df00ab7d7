import { type LlamaConfig, parseLlamaConfig } from '../llama-config.ts';
import type { StoredTensor } from '../safetensors.ts';
import { GgufError } from './gguf-error.ts';
import { transformersName } from './llama-names.ts';
import type { Gguf, GgufTensor } from './read-gguf.ts';
import { halvesApart } from './rotary-rows.ts';

export interface LlamaFromGguf {
  /** As `transformers`' LlamaForCausalLM reads it. */
  readonly configJson: Readonly<Record<string, unknown>>;
  readonly config: LlamaConfig;
  /** With the names of LlamaForCausalLM, one after the other: each is dequantised when its turn comes. */
  tensors(): Generator<readonly [name: string, tensor: StoredTensor]>;
}

/** Keys that change the forward pass in a way that is not written here. */
const UNKNOWN_IF_PRESENT = ['rope.scaling.type', 'rope.scale_linear', 'expert_count', 'attention.clamp_kqv'];

/** A GGUF file of the architecture `llama` with the names, the order of rows and the configuration of `transformers`. */
export function llamaFromGguf(gguf: Gguf): LlamaFromGguf {
  const configJson = configOf(gguf);
  const config = parseLlamaConfig(configJson);
  return {
    configJson,
    config,
    *tensors() {
      for (const tensor of gguf.tensors.values()) {
        yield [transformersName(tensor.name), { shape: tensor.shape, data: valuesOf(tensor, config) }];
      }
    },
  };
}

function configOf(gguf: Gguf): Record<string, unknown> {
  const architecture = valueOf(gguf, 'general.architecture');
  if (architecture !== 'llama') {
    throw new GgufError(
      `The file is of the architecture ${JSON.stringify(architecture)}; only "llama" is known.`,
    );
  }
  const field = (key: string) => valueOf(gguf, `llama.${key}`);
  for (const key of UNKNOWN_IF_PRESENT) {
    const value = field(key);
    if (value !== undefined && value !== 'none' && value !== 0) {
      throw new GgufError(`llama.${key} is ${String(value)}, which is not known.`);
    }
  }
  const vocabulary = gguf.tensors.get('token_embd.weight')?.shape[0];
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_act: 'silu',
    hidden_size: field('embedding_length'),
    intermediate_size: field('feed_forward_length'),
    num_hidden_layers: field('block_count'),
    num_attention_heads: field('attention.head_count'),
    num_key_value_heads: field('attention.head_count_kv') ?? field('attention.head_count'),
    ...(field('attention.key_length') === undefined ? {} : { head_dim: field('attention.key_length') }),
    max_position_embeddings: field('context_length'),
    // Stored in 32 bits: 9.999999747378752e-6 was written as 1e-5.
    rms_norm_eps: shortest(field('attention.layer_norm_rms_epsilon')),
    rope_theta: field('rope.freq_base') ?? 10_000,
    vocab_size: vocabulary,
    tie_word_embeddings: !gguf.tensors.has('output.weight'),
    ...tokenIds(gguf),
    torch_dtype: 'float32',
  };
}

function tokenIds(gguf: Gguf): Record<string, unknown> {
  const ids = [
    ['bos_token_id', valueOf(gguf, 'tokenizer.ggml.bos_token_id')],
    ['eos_token_id', valueOf(gguf, 'tokenizer.ggml.eos_token_id')],
    ['pad_token_id', valueOf(gguf, 'tokenizer.ggml.padding_token_id')],
  ];
  return Object.fromEntries(ids.filter(([, id]) => id !== undefined));
}

/** Whole numbers of 64 bits as well: the format recommends them for counts, though most writers use 32. */
function valueOf(gguf: Gguf, key: string): unknown {
  const value = gguf.metadata.get(key)?.value;
  return typeof value === 'bigint' ? Number(value) : value;
}

function shortest(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(7)) : value;
}

function valuesOf(tensor: GgufTensor, { heads, keyValueHeads }: LlamaConfig): Float32Array {
  const values = tensor.values();
  if (tensor.name.endsWith('.attn_q.weight')) return halvesApart(values, tensor.shape, heads);
  if (tensor.name.endsWith('.attn_k.weight')) return halvesApart(values, tensor.shape, keyValueHeads);
  return values;
}
