import { GgufError } from './gguf-error.ts';

const OF_MODEL: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};

const OF_LAYER: Readonly<Record<string, string>> = {
  'attn_norm.weight': 'input_layernorm.weight',
  'attn_q.weight': 'self_attn.q_proj.weight',
  'attn_k.weight': 'self_attn.k_proj.weight',
  'attn_v.weight': 'self_attn.v_proj.weight',
  'attn_output.weight': 'self_attn.o_proj.weight',
  'ffn_norm.weight': 'post_attention_layernorm.weight',
  'ffn_gate.weight': 'mlp.gate_proj.weight',
  'ffn_up.weight': 'mlp.up_proj.weight',
  'ffn_down.weight': 'mlp.down_proj.weight',
};

/** A weight of a GGUF file as LlamaForCausalLM calls it. */
export function transformersName(name: string): string {
  if (name === 'rope_freqs.weight')
    throw new GgufError('The file scales its rotary frequencies, which is not known.');
  const { layer, part = '' } = /^blk\.(?<layer>\d+)\.(?<part>.+)$/.exec(name)?.groups ?? {};
  const known = layer === undefined ? OF_MODEL[name] : OF_LAYER[part];
  if (known === undefined)
    throw new GgufError(`${name} belongs to no part of a Llama decoder that is known.`);
  return layer === undefined ? known : `model.layers.${layer}.${known}`;
}

/** The other way round, of a weight of a layer. */
export function ggufLayerName(name: string): string {
  const { layer, part } = /^model\.layers\.(?<layer>\d+)\.(?<part>.+)$/.exec(name)?.groups ?? {};
  const [known] = Object.entries(OF_LAYER).find(([, theirs]) => theirs === part) ?? [];
  if (known === undefined) throw new GgufError(`${name} belongs to no layer of a Llama decoder.`);
  return `blk.${layer}.${known}`;
}
