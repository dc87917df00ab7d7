import * as tf from '@tensorflow/tfjs-core';
import { normalised } from '#workers/fine-tuning/images/picture-batch.ts';
import {
  type ChannelStatistics,
  type PictureSet,
  pictureCount,
} from '#workers/fine-tuning/images/picture-set.ts';
import type { PictureForward } from '#workers/fine-tuning/images/train-image-classifier.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';

const BATCH = 250;

/** Share of pictures whose most probable class is right, in TensorFlow.js with stored statistics. */
export function pictureAccuracy(
  forward: PictureForward,
  weights: ReadonlyMap<string, StoredTensor>,
  set: PictureSet,
  statistics: ChannelStatistics,
): number {
  const size = set.side * set.side * 3;
  const count = pictureCount(set);
  let right = 0;
  for (let start = 0; start < count; start += BATCH) {
    const labels = set.labels.subarray(start, start + BATCH);
    const given = tf.tidy(() => {
      const bytes = Float32Array.from(set.pixels.subarray(start * size, (start + labels.length) * size));
      const pictures = normalised(tf.tensor4d(bytes, [labels.length, set.side, set.side, 3]), statistics);
      const named = (name: string, shape: readonly number[]) => {
        const stored = weights.get(name);
        return tf.tensor(Float32Array.from(stored?.data as Float32Array), [...shape]);
      };
      return tf.argMax(forward(tensorflowOps(), named, pictures), -1).dataSync();
    });
    labels.forEach((label, index) => {
      if (given[index] === label) right++;
    });
  }
  return right / count;
}
