import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradCamValues } from '#workers/explanations/grad-cam.ts';
import { openImageClassifier } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { plainCnn } from '#workers/model-zoo/plain-cnn.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { startEngine } from '../engine/start-engine.ts';
import { gradCam } from './grad-cam.ts';
import { openPictureClassifier, type PictureClassifier } from './picture-classifier.ts';

const LABELS = 5;
const SIDE = 32;

let network: PictureClassifier;
beforeAll(async () => {
  await startEngine('wasm');
  network = randomNetwork();
});

/** A small network with random weights; its last features are 4 by 4. */
function randomNetwork(): PictureClassifier {
  const made = new Map<string, tf.Tensor>();
  const weights = (name: string, shape: readonly number[]) => {
    const known = made.get(name);
    if (known) return known;
    const random = randomNumbers(name.length + 7 * shape.length);
    const size = shape.reduce((product, part) => product * part, 1);
    const spread = shape.length > 1 ? Math.sqrt((6 * (shape[0] ?? 1)) / size) : 0.3;
    const positive = /norm\.weight|running_var/.test(name);
    const data = Float32Array.from({ length: size }, () =>
      positive ? 0.5 + random() : spread * (2 * random() - 1),
    );
    const tensor = tf.keep(tf.tensor(data, [...shape]));
    made.set(name, tensor);
    return tensor;
  };
  return { forward: (ops, pictures) => plainCnn(ops, weights, pictures, LABELS) };
}

function randomPicture(): tf.Tensor4D {
  const random = randomNumbers(11);
  return tf.tensor4d(
    Float32Array.from({ length: SIDE * SIDE * 3 }, () => 2 * random() - 1),
    [1, SIDE, SIDE, 3],
  );
}

describe('Grad-CAM', () => {
  it.each([0, 1, 2, 3, 4])('is the slope of logit %s as a place of the features fades', (label) => {
    const picture = randomPicture();
    const { values, rows, columns } = gradCam(network, picture, label);
    expect([rows, columns, values.length]).toEqual([4, 4, 16]);
    /** The logit with the features of one place scaled. */
    const logit = (place: number, scale: number) =>
      tf.tidy(() => {
        const ops = tensorflowOps();
        const scales = Array.from({ length: 16 }, (_, at) => (at === place ? scale : 1));
        const faded = {
          ...ops,
          globalAveragePool: (x: tf.Tensor) =>
            ops.globalAveragePool(tf.mul(x, tf.tensor4d(scales, [1, 4, 4, 1]))),
        };
        return network.forward(faded, picture).dataSync()[label] ?? 0;
      });
    // The logit is linear in the features that are pooled, so two points tell the slope.
    const slopes = Array.from({ length: 16 }, (_, place) => logit(place, 1.5) - logit(place, 0.5));
    const largest = Math.max(...slopes.map(Math.abs));
    expect(largest).toBeGreaterThan(0.01);
    slopes.forEach((slope, place) => {
      expect(Math.abs((values[place] ?? 0) - Math.max(0, slope)) / largest).toBeLessThan(0.01);
    });
  });

  it('leaves no tensor behind', () => {
    const picture = randomPicture();
    gradCam(network, picture, 1);
    const before = tf.memory().numTensors;
    gradCam(network, picture, 2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('finds the cat where it is, with the model that ships', async () => {
    const model = await openPictureClassifier('workers/models/image-classification');
    const side = model.preparation.cropTo;
    const cat = await readFile('public/samples/cat.jpg');
    const small = await sharp(cat)
      .resize(side / 2, side / 2)
      .toBuffer();
    const canvas = { width: side, height: side, channels: 3, background: '#808080' } as const;
    const pixels = await sharp({ create: canvas })
      .composite([{ input: small, left: side / 2, top: 0 }])
      .removeAlpha()
      .raw()
      .toBuffer();
    const shares = model.sharesOf(pixels);
    const label = shares.indexOf(Math.max(...shares));
    expect(model.classes[label]?.label).toMatch(/cat|tabby/);
    const picture = model.toTensor(pixels);
    const { values, rows, columns } = gradCam(model, picture, label);
    picture.dispose();
    expect([rows, columns]).toEqual([7, 7]);
    const total = values.reduce((sum, value) => sum + value, 0);
    // Above, to the right; the row and column in the middle belong to both halves.
    const ofCat = values.filter((_, at) => Math.floor(at / 7) <= 3 && at % 7 >= 3);
    expect(ofCat.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0.8 * total);
  });

  it('is what the runtime that serves makes of its maps, with the model that ships', async () => {
    const folder = 'workers/models/image-classification';
    const [model, served] = [await openPictureClassifier(folder), await openImageClassifier(folder)];
    const [seen] = await served.answer([
      { kind: 'see', bytes: await readFile('public/samples/cat.jpg'), mapOf: null },
    ]);
    if (!seen || !('classMap' in seen) || !seen.classMap) throw new Error('no map');
    const picture = model.toTensor(seen.pixels);
    const { values } = gradCam(model, picture, seen.shares.indexOf(Math.max(...seen.shares)));
    picture.dispose();
    const largest = Math.max(...values);
    // The graph that serves stores its weights in 16 bits.
    gradCamValues(seen.classMap, 7).forEach((value, place) => {
      expect(Math.abs(value - (values[place] ?? 0)) / largest).toBeLessThan(0.02);
    });
  });
});
