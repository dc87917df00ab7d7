import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { ImageClassification, ImageInput, ImageRefused } from '../model-runtime.ts';
import { intervalOf, probabilities } from './calibration.ts';
import { type ImageDecoder, openImageDecoder } from './decode-image.ts';
import {
  describeImageModel,
  type ImageModelDescription,
  type ImagePreparation,
} from './image-model-folder.ts';
import { graphFile, ModelFolderError } from './model-folder.ts';
import { openSession } from './open-session.ts';

export interface OpenImageClassifier {
  classify(inputs: readonly ImageInput[]): Promise<(ImageClassification | ImageRefused)[]>;
  /** A first run over a grey square: what a session allocates, it allocates then. */
  warmUp(): Promise<void>;
}

/** An image classifier in this process: decoder and graph of a model folder. */
export async function openImageClassifier(folder: string): Promise<OpenImageClassifier> {
  const description = await describeImageModel(folder);
  const file = graphFile(folder);
  const [decoder, graph] = await Promise.all([
    openImageDecoder(description.preparation),
    openSession(join(folder, file)),
  ]);
  if (!graph.outputNames.includes('logits')) {
    throw new ModelFolderError(`${file} gives ${graph.outputNames.join(', ')}, and no logits.`);
  }
  const parts = { description, decoder, graph };
  return {
    classify: (inputs) => classify(parts, inputs),
    async warmUp() {
      await logitsOf(parts, new Uint8Array(3 * description.preparation.cropTo ** 2).fill(127));
    },
  };
}

interface Parts {
  readonly description: ImageModelDescription;
  readonly decoder: ImageDecoder;
  readonly graph: InferenceSession;
}

/** One at a time: a run over several is no faster on one core, and what is decoded stays small. */
async function classify(parts: Parts, inputs: readonly ImageInput[]) {
  const outputs: (ImageClassification | ImageRefused)[] = [];
  for (const { bytes, topK } of inputs) {
    const pixels = await parts.decoder.decode(bytes);
    outputs.push(
      'refused' in pixels ? pixels : classification(parts.description, await logitsOf(parts, pixels), topK),
    );
  }
  return outputs;
}

async function logitsOf({ graph, description }: Parts, pixels: Uint8Array): Promise<Float32Array> {
  const size = description.preparation.cropTo;
  const values = normalise(pixels, description.preparation);
  const { logits } = await graph.run({ pixel_values: new Tensor('float32', values, [1, 3, size, size]) });
  const row = logits?.data as Float32Array;
  if (row.length === description.classes.length) return row;
  throw new ModelFolderError(`The graph gives ${row.length} logits, not ${description.classes.length}.`);
}

/** Interleaved bytes -> one plane a channel, as the graph takes them. */
export function normalise(pixels: Uint8Array, { mean, std }: ImagePreparation): Float32Array {
  const plane = pixels.length / 3;
  const values = new Float32Array(pixels.length);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * (std[channel] ?? 1));
    const shift = (mean[channel] ?? 0) / (std[channel] ?? 1);
    for (let at = 0; at < plane; at++) {
      values[channel * plane + at] = (pixels[3 * at + channel] ?? 0) * scale - shift;
    }
  }
  return values;
}

function classification(
  { classes, calibration }: ImageModelDescription,
  logits: Float32Array,
  topK: number,
): ImageClassification {
  const shares = probabilities(logits, calibration?.temperature ?? 1);
  const best = shares.map((score, index) => ({ index, score })).toSorted((a, b) => b.score - a.score);
  const scores = best.slice(0, topK).flatMap(({ index, score }) => {
    const named = classes[index];
    return named ? [{ ...named, score }] : [];
  });
  return { scores, interval: calibration ? intervalOf(calibration, best[0]?.score ?? 0) : null };
}
