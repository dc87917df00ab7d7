import type { DecoderInputs, DecoderOutputs } from './decoder-step.ts';
import type { LlamaConfig } from './llama-config.ts';
import type { KeyValue, Ops, Weights } from './ops.ts';
import { rotaryAngles } from './rotary-angles.ts';

interface Step<T> {
  readonly mask: T;
  readonly positions: T; // [batch, length]
  readonly angles: { readonly cosines: T; readonly sines: T };
}

/** Llama's decoder (Touvron and others, 2023), as `transformers`' LlamaForCausalLM computes it and with its weight names. */
export function llamaDecoder<T>(
  ops: Ops<T>,
  config: LlamaConfig,
  weights: Weights<T>,
  { tokenIds, mask, past, scored }: DecoderInputs<T>,
): DecoderOutputs<T> {
  const { hiddenSize, layers, vocabularySize } = config;
  const table = weights('model.embed_tokens.weight', [vocabularySize, hiddenSize]);
  const { cosines, sines } = rotaryAngles(config.positions, config.headSize, config.rotaryBase);
  const shape = [config.positions, config.headSize / 2];
  const step: Step<T> = {
    mask,
    positions: ops.tokenPositions(tokenIds, mask, config.positions),
    angles: {
      cosines: ops.constant('rotary cosines', shape, cosines),
      sines: ops.constant('rotary sines', shape, sines),
    },
  };
  const keyValues: KeyValue<T>[] = [];
  let x = ops.embedding(table, tokenIds); // [batch, length, hidden]
  for (let layer = 0; layer < layers; layer++) {
    const name = `model.layers.${layer}`;
    const { attended, keyValue } = selfAttention(ops, config, weights, name, x, step, past?.[layer]);
    keyValues.push(keyValue);
    x = ops.add(x, attended);
    x = ops.add(x, feedForward(ops, config, weights, name, x));
  }
  const all = norm(ops, config, weights, 'model.norm', x);
  const last = scored ? ops.tokensAt(all, scored) : all;
  const logits = config.tiedEmbeddings
    ? ops.unembedding(last, table)
    : ops.linear(last, weights('lm_head.weight', [vocabularySize, hiddenSize]));
  return { logits, keyValues };
}

function selfAttention<T>(
  ops: Ops<T>,
  config: LlamaConfig,
  weights: Weights<T>,
  layer: string,
  x: T,
  { mask, positions, angles }: Step<T>,
  past: KeyValue<T> | undefined,
): { attended: T; keyValue: KeyValue<T> } {
  const { hiddenSize, heads, keyValueHeads, headSize } = config;
  const normal = norm(ops, config, weights, `${layer}.input_layernorm`, x);
  const project = (part: string, count: number) =>
    ops.linear(normal, weights(`${layer}.self_attn.${part}_proj.weight`, [count * headSize, hiddenSize]));
  const query = ops.rotary(project('q', heads), positions, angles);
  const key = ops.rotary(project('k', keyValueHeads), positions, angles);
  const options = { mask, past, heads, keyValueHeads, dropout: config.attentionDropout };
  const { attended, keyValue } = ops.causalAttention(query, key, project('v', keyValueHeads), options);
  const output = weights(`${layer}.self_attn.o_proj.weight`, [hiddenSize, heads * headSize]);
  return { attended: ops.linear(attended, output), keyValue };
}

/** SwiGLU (Shazeer, 2020): one half of the wide layer opens and closes the other. */
function feedForward<T>(ops: Ops<T>, config: LlamaConfig, weights: Weights<T>, layer: string, x: T): T {
  const { hiddenSize, intermediateSize } = config;
  const normal = norm(ops, config, weights, `${layer}.post_attention_layernorm`, x);
  const widen = (part: string) =>
    ops.linear(normal, weights(`${layer}.mlp.${part}_proj.weight`, [intermediateSize, hiddenSize]));
  const wide = ops.multiply(ops.silu(widen('gate')), widen('up')); // [batch, length, intermediate]
  return ops.linear(wide, weights(`${layer}.mlp.down_proj.weight`, [hiddenSize, intermediateSize]));
}

function norm<T>(ops: Ops<T>, config: LlamaConfig, weights: Weights<T>, name: string, x: T): T {
  return ops.rmsNorm(x, weights(`${name}.weight`, [config.hiddenSize]), config.normEpsilon);
}
