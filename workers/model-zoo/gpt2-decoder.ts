import type { DecoderInputs, DecoderOutputs } from './decoder-step.ts';
import type { Gpt2Config } from './gpt2-config.ts';
import type { KeyValue, Ops, Weights } from './ops.ts';

/** GPT-2's decoder (Radford and others, 2019), as `transformers`' GPT2LMHeadModel computes it and with its weight names. */
export function gpt2Decoder<T>(
  ops: Ops<T>,
  config: Gpt2Config,
  weights: Weights<T>,
  { tokenIds, mask, past, scored }: DecoderInputs<T>,
): DecoderOutputs<T> {
  const { hiddenSize, layers, vocabularySize } = config;
  const table = weights('transformer.wte.weight', [vocabularySize, hiddenSize]);
  const positions = ops.embedding(
    weights('transformer.wpe.weight', [config.positions, hiddenSize]),
    ops.tokenPositions(tokenIds, mask, config.positions),
  );
  const keyValues: KeyValue<T>[] = [];
  let x = ops.dropout(ops.add(ops.embedding(table, tokenIds), positions), config.embeddingDropout);
  for (let layer = 0; layer < layers; layer++) {
    const name = `transformer.h.${layer}`;
    const { attended, keyValue } = selfAttention(ops, config, weights, name, x, mask, past?.[layer]);
    keyValues.push(keyValue);
    x = ops.add(x, attended);
    x = ops.add(x, feedForward(ops, config, weights, name, x));
  }
  const all = layerNorm(ops, config, weights, 'transformer.ln_f', x);
  const last = scored ? ops.tokensAt(all, scored) : all;
  const logits = config.tiedEmbeddings
    ? ops.unembedding(last, table)
    : ops.linear(last, weights('lm_head.weight', [vocabularySize, hiddenSize]));
  return { logits, keyValues };
}

function selfAttention<T>(
  ops: Ops<T>,
  config: Gpt2Config,
  weights: Weights<T>,
  layer: string,
  x: T,
  mask: T,
  past: KeyValue<T> | undefined,
): { attended: T; keyValue: KeyValue<T> } {
  const { hiddenSize, heads, residualDropout } = config;
  const normal = layerNorm(ops, config, weights, `${layer}.ln_1`, x);
  const all = turnedLinear(ops, weights, `${layer}.attn.c_attn`, normal, hiddenSize, 3 * hiddenSize);
  const [query, key, value] = ops.split(all, 3) as [T, T, T];
  const options = { mask, past, heads, keyValueHeads: heads, dropout: config.attentionDropout };
  const { attended, keyValue } = ops.causalAttention(query, key, value, options);
  const output = turnedLinear(ops, weights, `${layer}.attn.c_proj`, attended, hiddenSize, hiddenSize);
  return { attended: ops.dropout(output, residualDropout), keyValue };
}

function feedForward<T>(ops: Ops<T>, config: Gpt2Config, weights: Weights<T>, layer: string, x: T): T {
  const { hiddenSize, intermediateSize, residualDropout } = config;
  const normal = layerNorm(ops, config, weights, `${layer}.ln_2`, x);
  const wide = ops.geluTanh(
    turnedLinear(ops, weights, `${layer}.mlp.c_fc`, normal, hiddenSize, intermediateSize),
  ); // [batch, length, intermediate]
  const narrow = turnedLinear(ops, weights, `${layer}.mlp.c_proj`, wide, intermediateSize, hiddenSize);
  return ops.dropout(narrow, residualDropout);
}

/** GPT-2's checkpoints hold the weights of their layers as [in, out]. */
function turnedLinear<T>(ops: Ops<T>, weights: Weights<T>, name: string, x: T, from: number, to: number): T {
  return ops.linear(x, ops.transpose(weights(`${name}.weight`, [from, to])), weights(`${name}.bias`, [to]));
}

function layerNorm<T>(ops: Ops<T>, config: Gpt2Config, weights: Weights<T>, name: string, x: T): T {
  const shape = [config.hiddenSize];
  const gamma = weights(`${name}.weight`, shape);
  return ops.layerNorm(x, gamma, weights(`${name}.bias`, shape), config.normEpsilon);
}
