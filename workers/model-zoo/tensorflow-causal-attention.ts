import * as tf from '@tensorflow/tfjs-core';
import type { CausalAttention, CausalAttentionOptions } from './ops.ts';

interface Hooks {
  readonly onAttention?: ((weights: tf.Tensor4D) => void) | undefined;
  dropout(weights: tf.Tensor): tf.Tensor;
}

export function causalAttention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  { mask, past, heads, keyValueHeads }: CausalAttentionOptions<tf.Tensor>,
  hooks: Hooks,
): CausalAttention<tf.Tensor> {
  const [batch = 0, length = 0, width = 0] = query.shape;
  const size = width / heads;
  const byHead = (x: tf.Tensor, count: number) =>
    tf.transpose(tf.reshape(x, [batch, length, count, size]), [0, 2, 1, 3]); // [batch, count, length, size]
  const withPast = (before: tf.Tensor | undefined, now: tf.Tensor) => {
    const split = byHead(now, keyValueHeads);
    return before ? tf.concat([before, split], 2) : split;
  };
  const keyValue = { key: withPast(past?.key, key), value: withPast(past?.value, value) };
  const total = keyValue.key.shape[2] ?? 0;
  // Heads that share keys lie beside each other: as more rows of one product, no key needs to be repeated.
  const grouped = tf.reshape(byHead(query, heads), [batch, keyValueHeads, -1, size]);
  const scores = tf.mul(tf.matMul(grouped, keyValue.key, false, true), 1 / Math.sqrt(size));
  const masked = tf.add(tf.reshape(scores, [batch, heads, length, total]), hidden(mask, length, total));
  const shares = tf.softmax(masked);
  hooks.onAttention?.(shares as tf.Tensor4D);
  const weights = tf.reshape(hooks.dropout(shares), [batch, keyValueHeads, -1, total]);
  const attended = tf.reshape(tf.matMul(weights, keyValue.value), [batch, heads, length, size]);
  return { attended: tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch, length, width]), keyValue };
}

/** 0 where a token may look, -1e9 at padding and at what comes later [batch, 1, length, total]. */
function hidden(mask: tf.Tensor, length: number, total: number): tf.Tensor {
  const columns = tf.range(0, total, 1, 'int32');
  const rows = tf.reshape(tf.range(total - length, total, 1, 'int32'), [length, 1]);
  const earlier = tf.cast(tf.lessEqual(columns, rows), 'float32'); // [length, total]
  const tokens = tf.reshape(tf.cast(mask, 'float32'), [-1, 1, 1, total]);
  return tf.mul(tf.sub(tf.mul(tokens, earlier), 1), 1e9);
}
