import * as tf from '@tensorflow/tfjs-core';

export function tokenPositions(tokenIds: tf.Tensor, mask: tf.Tensor, positions: number): tf.Tensor {
  const [batch = 0, total = 0] = mask.shape;
  const length = tokenIds.shape[1] ?? 0;
  if (total > positions) throw new RangeError(`${total} tokens are more than the ${positions} of the model.`);
  const counted = tf.cumsum(tf.cast(mask, 'int32'), 1);
  const own = tf.slice(counted, [0, total - length], [batch, length]);
  return tf.maximum(tf.sub(own, tf.scalar(1, 'int32')), tf.scalar(0, 'int32')); // [batch, length]
}

export function rotary(
  x: tf.Tensor,
  positions: tf.Tensor,
  { cosines, sines }: { readonly cosines: tf.Tensor; readonly sines: tf.Tensor },
): tf.Tensor {
  const [batch = 0, length = 0] = x.shape;
  const half = cosines.shape[1] ?? 0;
  const rows = (table: tf.Tensor) => tf.expandDims(tf.gather(table, tf.cast(positions, 'int32')), 2); // [batch, length, 1, half]
  const cosine = rows(cosines);
  const sine = rows(sines);
  const byHead = tf.reshape(x, [batch, length, -1, 2 * half]);
  const [first, second] = tf.split(byHead, 2, -1) as [tf.Tensor, tf.Tensor];
  const turned = tf.concat(
    [
      tf.sub(tf.mul(first, cosine), tf.mul(second, sine)),
      tf.add(tf.mul(second, cosine), tf.mul(first, sine)),
    ],
    -1,
  );
  return tf.reshape(turned, x.shape);
}
