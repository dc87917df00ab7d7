import type { BertConfig } from './bert-config.ts';
import type { Ops, Weights } from './ops.ts';

export interface BertInputs<T> {
  readonly tokenIds: T; // [batch, length], integers
  readonly mask: T; // [batch, length], 1 for tokens, 0 for padding
}

/**
 * The encoder of BERT (Devlin and others, 2019), as `transformers`' BertModel computes it and with its weight names.
 * Every token is of the first segment: one text, no pair. Returns the hidden states [batch, length, hidden] of the
 * embeddings and of each layer, so `layers + 1` of them.
 */
export function bertEncoder<T>(
  ops: Ops<T>,
  config: BertConfig,
  weights: Weights<T>,
  inputs: BertInputs<T>,
): T[] {
  const states = [embeddings(ops, config, weights, inputs)];
  for (let layer = 0; layer < config.layers; layer++) {
    const below = states[layer] as T;
    states.push(encoderLayer(ops, config, weights, `encoder.layer.${layer}`, below, inputs.mask));
  }
  return states;
}

function embeddings<T>(ops: Ops<T>, config: BertConfig, weights: Weights<T>, { tokenIds }: BertInputs<T>): T {
  const { hiddenSize } = config;
  const table = (name: string, rows: number) =>
    weights(`embeddings.${name}_embeddings.weight`, [rows, hiddenSize]);
  const words = ops.embedding(table('word', config.vocabularySize), tokenIds);
  const positions = ops.leadingRows(table('position', config.positions), tokenIds);
  const firstSegment = ops.firstRow(table('token_type', config.tokenTypes));
  const sum = ops.add(ops.add(words, positions), firstSegment); // [batch, length, hidden]
  return ops.dropout(layerNorm(ops, config, weights, 'embeddings.LayerNorm', sum), config.hiddenDropout);
}

function encoderLayer<T>(
  ops: Ops<T>,
  config: BertConfig,
  weights: Weights<T>,
  name: string,
  x: T,
  mask: T,
): T {
  const { hiddenSize, intermediateSize } = config;
  const attended = selfAttention(ops, config, weights, `${name}.attention.self`, x, mask);
  const projected = linear(ops, weights, `${name}.attention.output.dense`, attended, hiddenSize, hiddenSize);
  const afterAttention = layerNorm(
    ops,
    config,
    weights,
    `${name}.attention.output.LayerNorm`,
    ops.add(ops.dropout(projected, config.hiddenDropout), x),
  );
  const wide = ops.gelu(
    linear(ops, weights, `${name}.intermediate.dense`, afterAttention, hiddenSize, intermediateSize),
  ); // [batch, length, intermediate]
  const narrow = linear(ops, weights, `${name}.output.dense`, wide, intermediateSize, hiddenSize);
  const sum = ops.add(ops.dropout(narrow, config.hiddenDropout), afterAttention);
  return layerNorm(ops, config, weights, `${name}.output.LayerNorm`, sum);
}

/** Query, key and value in one matrix product: one quantisation of `x` and one wide product instead of three. */
function selfAttention<T>(
  ops: Ops<T>,
  config: BertConfig,
  weights: Weights<T>,
  name: string,
  x: T,
  mask: T,
): T {
  const { hiddenSize, heads } = config;
  const parts = ['query', 'key', 'value'];
  const weight = ops.concat(
    parts.map((part) => weights(`${name}.${part}.weight`, [hiddenSize, hiddenSize])),
    0,
  ); // [3 · hidden, hidden]
  const bias = ops.concat(
    parts.map((part) => weights(`${name}.${part}.bias`, [hiddenSize])),
    0,
  );
  const [query, key, value] = ops.split(ops.linear(x, weight, bias), 3) as [T, T, T];
  return ops.attention(query, key, value, mask, heads, config.attentionDropout);
}

/** The pooler of `BertModel`: a dense layer and tanh over the first token -> [batch, hidden]. */
export function bertPooler<T>(ops: Ops<T>, config: BertConfig, weights: Weights<T>, lastState: T): T {
  const { hiddenSize } = config;
  return ops.tanh(linear(ops, weights, 'pooler.dense', ops.firstToken(lastState), hiddenSize, hiddenSize));
}

/** Means over the tokens of the last `layers` hidden states, side by side, the last layer last. */
export function pooledLayers<T>(ops: Ops<T>, states: readonly T[], mask: T, layers: number): T {
  const means = states.slice(-layers).map((state) => ops.maskedMean(state, mask));
  return means.length === 1 ? (means[0] as T) : ops.concat(means, 1);
}

function linear<T>(ops: Ops<T>, weights: Weights<T>, name: string, x: T, from: number, to: number): T {
  return ops.linear(x, weights(`${name}.weight`, [to, from]), weights(`${name}.bias`, [to]));
}

function layerNorm<T>(ops: Ops<T>, config: BertConfig, weights: Weights<T>, name: string, x: T): T {
  const shape = [config.hiddenSize];
  const gamma = weights(`${name}.weight`, shape);
  return ops.layerNorm(x, gamma, weights(`${name}.bias`, shape), config.layerNormEpsilon);
}
