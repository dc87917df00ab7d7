import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { probabilities } from '#workers/model-runtime/onnx/calibration.ts';
import {
  describeImageModel,
  type ImageModelDescription,
} from '#workers/model-runtime/onnx/image-model-folder.ts';
import { ModelFolderError, readJson } from '#workers/model-runtime/onnx/model-folder.ts';
import { normalise } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { efficientnetLite0 } from '#workers/model-zoo/efficientnet-lite.ts';
import type { Ops } from '#workers/model-zoo/ops.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { smallResnet } from '#workers/model-zoo/small-resnet.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';

export interface PictureClassifier {
  /**
   * Pictures [batch, side, side, 3] -> logits [batch, labels]; it pools its last features with `ops.globalAveragePool` or
   * `globalMaxPool`, once.
   */
  forward(ops: Ops<tf.Tensor>, pictures: tf.Tensor): tf.Tensor;
}

export interface OpenPictureClassifier extends PictureClassifier, ImageModelDescription {
  /** Of a square of bytes, as the decoder gives it. */
  toTensor(pixels: Uint8Array): tf.Tensor4D;
  /** Probability of every class. */
  sharesOf(pixels: Uint8Array): number[];
}

/** By the names that `config.json` has for them. */
const ARCHITECTURES = {
  tf_efficientnet_lite0: efficientnetLite0<tf.Tensor>,
  small_resnet: smallResnet<tf.Tensor>,
} as const;

/** An image classifier's folder in TensorFlow.js, which differentiates: it needs the weights themselves. */
export async function openPictureClassifier(folder: string): Promise<OpenPictureClassifier> {
  const [description, { architecture }] = await Promise.all([
    describeImageModel(folder),
    readJson(folder, 'config.json'),
  ]);
  const network = new Map<unknown, (typeof ARCHITECTURES)['small_resnet']>(Object.entries(ARCHITECTURES)).get(
    architecture,
  );
  if (!network) {
    throw new ModelFolderError(
      `config.json: architecture is none of ${Object.keys(ARCHITECTURES).join(', ')}.`,
    );
  }
  const checkpoint = readSafetensors(readFileSync(join(folder, 'model.safetensors')));
  const weights = tensorflowWeights(checkpointWeights(checkpoint));
  const { classes, preparation, calibration } = description;
  const forward = (ops: Ops<tf.Tensor>, pictures: tf.Tensor) =>
    network(ops, weights, pictures, classes.length);
  const side = preparation.cropTo;
  const toTensor = (pixels: Uint8Array) =>
    tf.tidy(() => {
      const planes = tf.tensor4d(normalise(pixels, preparation), [1, 3, side, side]);
      return tf.transpose(planes, [0, 2, 3, 1]);
    });
  return {
    ...description,
    forward,
    toTensor,
    sharesOf: (pixels) =>
      tf.tidy(() => {
        const logits = forward(tensorflowOps(), toTensor(pixels)).dataSync() as Float32Array;
        return probabilities(logits, calibration?.temperature ?? 1);
      }),
  };
}
