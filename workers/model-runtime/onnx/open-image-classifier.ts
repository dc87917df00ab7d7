import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { maskSquare } from '../mask-square.ts';
import type {
  Embedding,
  ImageAnswer,
  ImageClassification,
  ImageInput,
  ImageQuestion,
  ImageRefused,
  MaskedImageInput,
  MaskedImageScore,
  SeenImage,
} from '../model-runtime.ts';
import { intervalOf, probabilities } from './calibration.ts';
import { type ImageDecoder, openImageDecoder } from './decode-image.ts';
import { greatest } from './greatest.ts';
import {
  describeImageModel,
  type ImageModelDescription,
  type ImagePreparation,
  seenSquare,
} from './image-model-folder.ts';
import { graphFile, ModelFolderError } from './model-folder.ts';
import { openSession } from './open-session.ts';
import { unitLength } from './unit-length.ts';

export interface OpenImageClassifier {
  classify(inputs: readonly ImageInput[]): Promise<(ImageClassification | ImageRefused)[]>;
  /** A first run over a grey square: what a session allocates, it allocates then. */
  warmUp(): Promise<void>;
}

export interface AnsweringImageClassifier extends OpenImageClassifier {
  /** Each question by its kind. */
  answer(questions: readonly ImageQuestion[]): Promise<(ImageAnswer | ImageRefused)[]>;
}

/** An image classifier in this process: decoder and graph of a model folder. */
export async function openImageClassifier(folder: string): Promise<AnsweringImageClassifier> {
  const description = await describeImageModel(folder);
  const file = graphFile(folder);
  const [decoder, graph] = await Promise.all([
    openImageDecoder(description.preparation),
    openSession(join(folder, file)),
  ]);
  if (!graph.outputNames.includes('logits')) {
    throw new ModelFolderError(`${file} gives ${graph.outputNames.join(', ')}, and no logits.`);
  }
  if (description.features !== null && !graph.outputNames.includes('features')) {
    throw new ModelFolderError(`${file} gives no features, which config.json says it has. Export it again.`);
  }
  const parts = { description, decoder, graph };
  return {
    classify: (inputs) => oneByOne(inputs, (input) => classify(parts, input)),
    answer: (questions) => oneByOne(questions, (question) => answer(parts, question)),
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

/** A run over several is no faster on one core, and what is decoded stays small. */
async function oneByOne<Question, Answer>(
  questions: readonly Question[],
  answerTo: (question: Question) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const question of questions) answers.push(await answerTo(question));
  return answers;
}

async function answer(parts: Parts, question: ImageQuestion): Promise<ImageAnswer | ImageRefused> {
  if (!('kind' in question)) return classify(parts, question);
  if (question.kind === 'masked') return scoreMasked(parts, question);
  return question.kind === 'see' ? see(parts, question.bytes) : embed(parts, question.bytes);
}

async function classify(
  parts: Parts,
  { bytes, topK }: ImageInput,
): Promise<ImageClassification | ImageRefused> {
  const pixels = await parts.decoder.decode(bytes);
  if ('refused' in pixels) return pixels;
  return classification(parts.description, await sharesOf(parts, pixels), topK);
}

async function embed(parts: Parts, bytes: Uint8Array): Promise<Embedding | ImageRefused> {
  const pixels = await parts.decoder.decode(bytes);
  return 'refused' in pixels ? pixels : { vector: unitLength(await featuresOf(parts, pixels)) };
}

async function see(parts: Parts, bytes: Uint8Array): Promise<SeenImage | ImageRefused> {
  const decoded = await parts.decoder.decodeWithSize(bytes);
  if ('refused' in decoded) return decoded;
  const { preparation } = parts.description;
  return {
    ...decoded,
    side: preparation.cropTo,
    square: seenSquare(decoded.picture, preparation),
    shares: await sharesOf(parts, decoded.pixels),
  };
}

async function scoreMasked(
  parts: Parts,
  { pixels, grid, mask, classIndex }: MaskedImageInput,
): Promise<MaskedImageScore> {
  const shares = await sharesOf(parts, maskSquare(pixels, grid, mask));
  return { score: shares[classIndex] ?? 0 };
}

/** Calibrated where the folder has a calibration. */
async function sharesOf(parts: Parts, pixels: Uint8Array): Promise<number[]> {
  const { calibration } = parts.description;
  return probabilities(await logitsOf(parts, pixels), calibration?.temperature ?? 1);
}

function logitsOf(parts: Parts, pixels: Uint8Array): Promise<Float32Array> {
  return outputOf(parts, pixels, 'logits', parts.description.classes.length);
}

async function featuresOf(parts: Parts, pixels: Uint8Array): Promise<Float32Array> {
  const { features } = parts.description;
  if (features === null) throw new ModelFolderError('The model gives no features to embed with.');
  return outputOf(parts, pixels, 'features', features);
}

/** The one output that is asked for; the graph's other one is not handed over. */
async function outputOf(
  { graph, description }: Parts,
  pixels: Uint8Array,
  name: 'logits' | 'features',
  width: number,
): Promise<Float32Array> {
  const size = description.preparation.cropTo;
  const values = normalise(pixels, description.preparation);
  const feeds = { pixel_values: new Tensor('float32', values, [1, 3, size, size]) };
  const row = (await graph.run(feeds, [name]))[name]?.data as Float32Array;
  if (row.length === width) return row;
  throw new ModelFolderError(`The graph gives ${row.length} ${name}, not ${width}.`);
}

/** Interleaved bytes -> one plane a channel, as the graph takes them. */
export function normalise(
  pixels: Uint8Array,
  { mean, std }: Pick<ImagePreparation, 'mean' | 'std'>,
): Float32Array {
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
  shares: readonly number[],
  topK: number,
): ImageClassification {
  const scores = greatest(shares, topK).flatMap((index) => {
    const named = classes[index];
    return named ? [{ ...named, score: shares[index] ?? 0 }] : [];
  });
  return { scores, interval: calibration ? intervalOf(calibration, scores[0]?.score ?? 0) : null };
}
