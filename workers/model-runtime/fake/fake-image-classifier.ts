import { maskSquare } from '../mask-square.ts';
import {
  type Embedding,
  type ImageAnswer,
  type ImageClassification,
  type ImageModel,
  type ImageQuestion,
  type ImageRefusalReason,
  type ImageRefused,
  type MaskedImageInput,
  ModelRuntimeError,
  type SeeImageInput,
  type SeenImage,
} from '../model-runtime.ts';
import { sniffImage } from '../sniff-image.ts';
import { delay } from './delay.ts';

export interface FakeImageClassifierOptions {
  readonly id?: string;
  /** False: `batches` stays empty, for a process that serves it for long. */
  readonly keepsInputs?: boolean;
  readonly hasMaps?: boolean;
  /** Time that a batch takes, whatever its size. */
  readonly latencyMs?: number;
  readonly batchItemsMax?: number;
  readonly parallelBatches?: number;
  /** A batch that holds such a picture rejects as a whole, as a crashed compute process would. */
  readonly failOn?: (bytes: Uint8Array) => boolean;
  /** Such a picture is refused for the reason given, as the decoder would. */
  readonly refuseOn?: (bytes: Uint8Array) => ImageRefusalReason | undefined;
}

export interface FakeImageClassifier extends ImageModel {
  /** Every batch that was run, oldest first, unless `keepsInputs` is false. */
  readonly batches: readonly (readonly ImageQuestion[])[];
}

const CLASSES = [
  { label: 'tabby', wordnetId: 'n02123045' },
  { label: 'hot dog', wordnetId: 'n07697537' },
  { label: 'great grey owl', wordnetId: 'n01622779' },
  { label: 'macaw', wordnetId: 'n01818515' },
  { label: 'strawberry', wordnetId: 'n07745940' },
] as const;

/**
 * Test double with the whole contract of an image classifier and no model: what is no picture by its first bytes is
 * refused as the real one refuses it, and a picture's classes and vector follow from a hash of its bytes.
 */
export function fakeImageClassifier(options: FakeImageClassifierOptions = {}): FakeImageClassifier {
  const id = options.id ?? 'image-1';
  const batches: (readonly ImageQuestion[])[] = [];
  let closed = false;

  async function run(inputs: readonly ImageQuestion[], signal?: AbortSignal) {
    signal?.throwIfAborted();
    if (closed) throw new ModelRuntimeError('The model is closed.');
    if (options.keepsInputs ?? true) batches.push(inputs);
    if (options.latencyMs) await delay(options.latencyMs, signal);
    if (options.failOn && inputs.some((input) => options.failOn?.(bytesOf(input)))) {
      throw new ModelRuntimeError('The fake model was told to fail on this batch.');
    }
    return inputs.map((input) => answer(input));
  }

  function answer(question: ImageQuestion): ImageAnswer | ImageRefused {
    if ('kind' in question && question.kind === 'masked') return { score: maskedScore(question) };
    const { bytes } = question;
    const type = sniffImage(bytes);
    if (typeof type !== 'string') return type;
    const reason = options.refuseOn?.(bytes);
    if (reason) return { refused: 'image_unreadable', reason };
    if (!('kind' in question)) return classification(bytes, question.topK);
    return question.kind === 'see' ? seen(question) : embedding(bytes);
  }

  return {
    model: { id, version: `${id}@fake0000`, tasks: ['image-classification', 'embedding'] },
    dimensions: DIMENSIONS,
    hasMaps: options.hasMaps ?? true,
    limits: {
      contextTokens: 1,
      batchItemsMax: options.batchItemsMax ?? 16,
      batchTokensMax: options.batchItemsMax ?? 16,
      parallelBatches: options.parallelBatches ?? 1,
    },
    classes: CLASSES,
    batches,
    costBound: () => 1,
    run,
    ready: async () => {},
    close: async () => {
      closed = true;
    },
  };
}

/** Of what is masked, its pixels: a failure in the middle of an explanation can be told by them. */
function bytesOf(question: ImageQuestion): Uint8Array {
  return 'bytes' in question ? question.bytes : question.pixels;
}

const SIDE = 20;

/** Whatever the picture is, the model sees an upright one of 60 by 40, dark but for a white patch in the middle. */
function seen({ bytes, mapOf }: SeeImageInput): SeenImage {
  const pixels = new Uint8Array(3 * SIDE * SIDE);
  for (let y = 8; y < 12; y++) pixels.fill(255, 3 * (SIDE * y + 8), 3 * (SIDE * y + 12));
  const { scores } = classification(bytes, CLASSES.length);
  return {
    pixels,
    side: SIDE,
    picture: { width: 60, height: 40 },
    square: { left: 12.5, top: 2.5, side: 35 },
    shares: CLASSES.map(({ label }) => scores.find((score) => score.label === label)?.score ?? 0),
    ...(mapOf !== undefined && { classMap: { values: Float32Array.of(-1, 2, 0, 3), side: 2 } }),
  };
}

/** The most probable class of the whole scores 0.5, of which what is left of the white patch is its share. */
function maskedScore({ pixels, grid, mask }: MaskedImageInput): number {
  const white = maskSquare(pixels, grid, mask).filter((byte) => byte === 255).length;
  return (0.5 * white) / pixels.filter((byte) => byte === 255).length;
}

const DIMENSIONS = 1280;

/** Of length 1, its direction from the same hash. */
function embedding(bytes: Uint8Array): Embedding {
  const phase = hashOf(bytes);
  const values = Float32Array.from({ length: DIMENSIONS }, (_, at) => 1 + Math.sin(phase + at));
  const length = Math.hypot(...values);
  return { vector: values.map((value) => value / length) };
}

/** Each class has half of what the ones before it left. */
function classification(bytes: Uint8Array, topK: number): ImageClassification {
  const first = hashOf(bytes) % CLASSES.length;
  const ordered = [...CLASSES.slice(first), ...CLASSES.slice(0, first)];
  const scores = ordered.map((named, rank) => ({ ...named, score: 0.5 ** (rank + 1) }));
  return { scores: scores.slice(0, topK), interval: null };
}

function hashOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
}
