import * as tf from '@tensorflow/tfjs-core';
import { dropoutMask } from './dropout-mask.ts';
import type { Normalisation, Ops } from './ops.ts';
import { causalAttention } from './tensorflow-causal-attention.ts';
import { convolution } from './tensorflow-convolution.ts';
import { gelu } from './tensorflow-gelu.ts';
import { layerNorm } from './tensorflow-layer-norm.ts';
import { lstm } from './tensorflow-lstm.ts';
import { rotary, tokenPositions } from './tensorflow-positions.ts';
import { silu } from './tensorflow-silu.ts';

export interface TensorflowOpsOptions {
  readonly training: boolean;
  /** Dropout's masks follow from it, so a run can be repeated. */
  readonly seed: number;
  /** x [rows, from] · weight [to, from] transposed, where an engine has a faster one for layers. */
  readonly product?: ((x: tf.Tensor2D, weight: tf.Tensor2D) => tf.Tensor2D) | undefined;
  /** How filters of stride 1 and SAME padding are applied, where an engine has a faster way. */
  readonly convolve?: ((x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D) | undefined;
  /** In training: by the batch's own statistics instead of the stored ones. */
  readonly normalise?: ((x: tf.Tensor4D, norm: Normalisation<tf.Tensor>) => tf.Tensor4D) | undefined;
  /** Is shown each attention's weights [batch, heads, length, length], from the first layer to the last. */
  readonly onAttention?: (weights: tf.Tensor4D) => void;
}

/**
 * Eager and differentiable, on whichever back end the caller has set. What is computed here belongs to the
 * caller's `tf.tidy`.
 */
export function tensorflowOps(options: TensorflowOpsOptions = { training: false, seed: 0 }): Ops<tf.Tensor> {
  let nextSeed = options.seed;
  const product = options.product ?? ((x, weight) => tf.matMul(x, weight, false, true));

  const ops: Ops<tf.Tensor> = {
    embedding: (table, indices) => tf.gather(table, tf.cast(indices, 'int32')),
    leadingRows: (table, sequence) => tf.slice(table, [0, 0], [sequence.shape[1] ?? 0, table.shape[1] ?? 0]),
    firstRow: (table) => tf.reshape(tf.slice(table, [0, 0], [1, table.shape[1] ?? 0]), [-1]),
    linear(x, weight, bias) {
      const [to = 0, from = 0] = weight.shape;
      const rows = tf.reshape<tf.Rank.R2>(x, [-1, from]);
      const products = product(rows, weight as tf.Tensor2D);
      return tf.reshape(bias ? tf.add(products, bias) : products, [...x.shape.slice(0, -1), to]);
    },
    unembedding: (x, table) => ops.linear(x, table),
    transpose: (weight) => tf.transpose(weight),
    constant: (_, shape, data) => tf.tensor(data, [...shape]),
    attention(query, key, value, mask, heads, dropout) {
      const [batch = 0, length = 0, width = 0] = query.shape;
      const size = width / heads;
      const byHead = (x: tf.Tensor) =>
        tf.transpose(tf.reshape(x, [batch, length, heads, size]), [0, 2, 1, 3]); // [batch, heads, length, size]
      const scores = tf.mul(tf.matMul(byHead(query), byHead(key), false, true), 1 / Math.sqrt(size));
      const padding = tf.mul(tf.sub(tf.cast(mask, 'float32'), 1), 1e9); // 0 for tokens
      const masked = tf.add(scores, tf.reshape(padding, [batch, 1, 1, length]));
      const shares = tf.softmax(masked); // [batch, heads, length, length]
      options.onAttention?.(shares as tf.Tensor4D);
      const weights = ops.dropout(shares, dropout);
      const attended = tf.matMul(weights, byHead(value));
      return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch, length, width]);
    },
    causalAttention: (query, key, value, attention) =>
      causalAttention(query, key, value, attention, {
        onAttention: options.onAttention,
        dropout: (weights) => ops.dropout(weights, attention.dropout),
      }),
    tokenPositions,
    rotary,
    layerNorm,
    rmsNorm(x, gamma, epsilon) {
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon)); // [..., 1]
      return tf.mul(tf.mul(x, scale), gamma);
    },
    gelu,
    geluTanh(x) {
      const inner = tf.mul(tf.add(x, tf.mul(tf.mul(x, tf.square(x)), 0.044715)), Math.sqrt(2 / Math.PI));
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
    },
    silu,
    relu: (x) => tf.relu(x),
    tanh: (x) => tf.tanh(x),
    dropout(x, rate) {
      if (!options.training || rate === 0) return x;
      return tf.mul(x, tf.tensor(dropoutMask(x.size, rate, nextSeed++), x.shape));
    },
    add: (a, b) => tf.add(a, b),
    multiply: (a, b) => tf.mul(a, b),
    concat: (values, axis) => tf.concat([...values], axis),
    split: (x, parts) => tf.split(x, parts, -1),
    conv1d(x, weight, bias) {
      const filter = tf.transpose(weight, [2, 1, 0]) as tf.Tensor3D; // [width, in, out]
      return tf.add(tf.conv1d(x as tf.Tensor3D, filter, 1, 'same'), bias);
    },
    lstm,
    onlyTokens: (x, mask) => tf.mul(x, tf.expandDims(tf.cast(mask, 'float32'), 2)),
    maskedMax: (x, mask) =>
      tf.max(tf.add(x, tf.expandDims(tf.mul(tf.sub(tf.cast(mask, 'float32'), 1), 1e9), 2)), 1),
    maskedMean(x, mask) {
      const weights = tf.expandDims(tf.cast(mask, 'float32'), 2); // [batch, length, 1]
      return tf.div(tf.sum(tf.mul(x, weights), 1), tf.sum(weights, 1));
    },
    unitLength: (x) => tf.div(x, tf.maximum(tf.norm(x, 'euclidean', -1, true), 1e-12)),
    firstToken(x) {
      const [batch = 0, , width = 0] = x.shape;
      return tf.reshape(tf.slice(x, [0, 0, 0], [batch, 1, width]), [batch, width]);
    },
    tokensAt: (x, places) => tf.gather(tf.reshape(x, [-1, x.shape[2] ?? 0]), tf.cast(places, 'int32')),
    convolution: (x, weight, convolutionOptions) => convolution(x, weight, convolutionOptions, options),
    maxPool: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
    globalAveragePool: (x) => tf.mean(x, [1, 2]),
    globalMaxPool: (x) => tf.max(x, [1, 2]),
    flatten: (x) => tf.reshape(x, [x.shape[0] ?? 1, -1]),
    relu6: (x) => tf.relu6(x),
  };
  return ops;
}
