import * as tf from '@tensorflow/tfjs-core';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { type Augmentation, augment } from './augment.ts';
import { drawMixup } from './mixup.ts';
import type { ChannelStatistics, PictureSet } from './picture-set.ts';

export interface BatchOptions {
  readonly statistics: ChannelStatistics;
  readonly augmentation: Augmentation;
  readonly mixup: number; // alpha
  readonly labelSmoothing: number;
  readonly classes: number;
  readonly seed: number;
  readonly epoch: number; // how often each picture has come up before
}

export interface PictureBatch {
  /** Normalised [rows, side, side, 3]. */
  readonly pictures: tf.Tensor4D;
  /** What to learn [rows, classes]; each row adds up to 1. */
  readonly targets: tf.Tensor2D;
}

/** Both follow from the rows, the seed and the epoch alone. The caller's tidy owns them. */
export function pictureBatch(set: PictureSet, rows: Uint32Array, options: BatchOptions): PictureBatch {
  const { statistics, augmentation, mixup, labelSmoothing, classes, seed, epoch } = options;
  const { side, pixels, labels } = set;
  const size = side * side * 3;
  const random = randomNumbers(seed);
  const grey = statistics.mean.map((mean) => mean * 255);
  const values = new Float32Array(rows.length * size);
  rows.forEach((row, place) => {
    augment(
      { pixels, from: row * size, side, turn: row + epoch },
      { values, to: place * size },
      augmentation,
      { random, grey },
    );
  });
  const { share, partners } = drawMixup(rows.length, mixup, random);
  const targets = new Float32Array(rows.length * classes).fill(labelSmoothing / classes);
  rows.forEach((row, place) => {
    const partner = rows[partners[place] ?? place] ?? row;
    add(targets, place * classes + (labels[row] ?? 0), share * (1 - labelSmoothing));
    add(targets, place * classes + (labels[partner] ?? 0), (1 - share) * (1 - labelSmoothing));
  });
  const raw = tf.tensor4d(values, [rows.length, side, side, 3]);
  const normal = normalised(raw, statistics);
  return {
    pictures: share === 1 ? normal : blended(normal, share, partners),
    targets: tf.tensor2d(targets, [rows.length, classes]),
  };
}

/** Bytes' values -> (value / 255 − mean) / std. */
export function normalised(raw: tf.Tensor4D, { mean, std }: ChannelStatistics): tf.Tensor4D {
  const scale = tf.tensor1d(std.map((deviation) => 1 / (255 * deviation)));
  const shift = tf.tensor1d(mean.map((value, channel) => value / (std[channel] ?? 1)));
  return tf.sub(tf.mul(raw, scale), shift);
}

function blended(pictures: tf.Tensor4D, share: number, partners: readonly number[]): tf.Tensor4D {
  const others = tf.gather(pictures, tf.tensor1d([...partners], 'int32'));
  return tf.add(tf.mul(pictures, share), tf.mul(others, 1 - share));
}

function add(values: Float32Array, at: number, value: number): void {
  values[at] = (values[at] ?? 0) + value;
}
