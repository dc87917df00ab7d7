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
  SeeImageInput,
  SeenImage,
} from '../model-runtime.ts';
import { type Calibration, intervalOf, probabilities } from './calibration.ts';
import { classMap, type HeadWeights, readHead } from './class-map.ts';
import { type ImageDecoder, openImageDecoder } from './decoding/decode-image.ts';
import { greatest } from './greatest.ts';
import {
  describeImageModel,
  type ImageModelDescription,
  type ImagePreparation,
  seenSquare,
} from './image-model-folder.ts';
import { graphFile, ModelFolderError } from './model-folder.ts';
import { expectFinite, openGraph } from './open-graph.ts';
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

/**
 * An image classifier in this process: decoder and graph of a model folder. `calibration` stands in for the folder's own, for
 * whoever is about to measure that.
 */
export async function openImageClassifier(
  folder: string,
  calibration?: Calibration,
): Promise<AnsweringImageClassifier> {
  const described = await describeImageModel(folder);
  const description = { ...described, calibration: calibration ?? described.calibration };
  const [decoder, graph] = await Promise.all([
    openImageDecoder(description.preparation),
    openGraph(folder, ['logits']),
  ]);
  const promised = { features: description.features, maps: description.mapSide };
  for (const [output, size] of Object.entries(promised)) {
    if (size === null || graph.outputNames.includes(output)) continue;
    throw new ModelFolderError(
      `${graphFile(folder)} gives no ${output}, which config.json says it has. Export it again.`,
    );
  }
  const parts = { description, decoder, graph, head: headOnce(folder, description) };
  return {
    classify: (inputs) => oneByOne(inputs, (input) => classify(parts, input)),
    answer: (questions) => oneByOne(questions, (question) => answer(parts, question)),
    async warmUp() {
      await sharesOf(parts, new Uint8Array(3 * description.preparation.cropTo ** 2).fill(127));
    },
  };
}

interface Parts {
  readonly description: ImageModelDescription;
  readonly decoder: ImageDecoder;
  readonly graph: InferenceSession;
  head(): HeadWeights;
}

/** Read when a map is first asked for: nothing else needs it. */
function headOnce(folder: string, { classes, features }: ImageModelDescription): () => HeadWeights {
  let head: HeadWeights | undefined;
  return () => {
    head ??= readHead(folder, { classes: classes.length, width: features ?? 0 });
    return head;
  };
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
  return question.kind === 'see' ? see(parts, question) : embed(parts, question.bytes);
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
  return 'refused' in pixels
    ? pixels
    : { vector: unitLength((await outputsOf(parts, pixels, ['features'])).features) };
}

async function see(parts: Parts, { bytes, mapOf }: SeeImageInput): Promise<SeenImage | ImageRefused> {
  const decoded = await parts.decoder.decodeWithSize(bytes);
  if ('refused' in decoded) return decoded;
  const { preparation } = parts.description;
  const where = { side: preparation.cropTo, square: seenSquare(decoded.picture, preparation) };
  if (mapOf === undefined) return { ...decoded, ...where, shares: await sharesOf(parts, decoded.pixels) };
  const { logits, maps } = await outputsOf(parts, decoded.pixels, ['logits', 'maps']);
  const shares = calibrated(parts.description, logits);
  const classIndex = mapOf ?? shares.indexOf(Math.max(...shares));
  return { ...decoded, ...where, shares, classMap: classMap(maps, parts.head(), classIndex) };
}

async function scoreMasked(
  parts: Parts,
  { pixels, grid, mask, classIndex }: MaskedImageInput,
): Promise<MaskedImageScore> {
  const shares = await sharesOf(parts, maskSquare(pixels, grid, mask));
  return { score: shares[classIndex] ?? 0 };
}

async function sharesOf(parts: Parts, pixels: Uint8Array): Promise<number[]> {
  return calibrated(parts.description, (await outputsOf(parts, pixels, ['logits'])).logits);
}

/** Where the folder has a calibration. */
function calibrated({ calibration }: ImageModelDescription, logits: Float32Array): number[] {
  return probabilities(logits, calibration?.temperature ?? 1);
}

type OutputName = 'logits' | 'features' | 'maps';

/** Of one run, what is asked for; the graph's other outputs are not handed over. */
async function outputsOf<Name extends OutputName>(
  { graph, description }: Parts,
  pixels: Uint8Array,
  names: readonly Name[],
): Promise<Record<Name, Float32Array>> {
  const size = description.preparation.cropTo;
  const values = normalise(pixels, description.preparation);
  const feeds = { pixel_values: new Tensor('float32', values, [1, 3, size, size]) };
  const outputs = await graph.run(feeds, names);
  const checked = names.map((name) => {
    const data = outputs[name]?.data as Float32Array;
    const width = widthOf(description, name);
    if (data.length === width) return [name, expectFinite(data, name)];
    throw new ModelFolderError(`The graph gives ${data.length} ${name}, not ${width}.`);
  });
  return Object.fromEntries(checked) as Record<Name, Float32Array>;
}

function widthOf({ classes, features, mapSide }: ImageModelDescription, name: OutputName): number {
  if (name === 'logits') return classes.length;
  const width = name === 'features' ? features : features && mapSide && features * mapSide ** 2;
  if (width === null) throw new ModelFolderError(`The model gives no ${name}.`);
  return width;
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
