import {
  type Embedding,
  type ImageClassification,
  type ImageModel,
  type ImageQuestion,
  type ImageRefusalReason,
  type ImageRefused,
  ModelRuntimeError,
} from '../model-runtime.ts';
import { sniffImage } from '../sniff-image.ts';
import { delay } from './delay.ts';

export interface FakeImageClassifierOptions {
  readonly id?: string;
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
  /** Every batch that was run, oldest first. */
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
    batches.push(inputs);
    if (options.latencyMs) await delay(options.latencyMs, signal);
    if (options.failOn && inputs.some(({ bytes }) => options.failOn?.(bytes))) {
      throw new ModelRuntimeError('The fake model was told to fail on this batch.');
    }
    return inputs.map((input) => answer(input));
  }

  function answer(input: ImageQuestion): ImageClassification | Embedding | ImageRefused {
    const { bytes } = input;
    const type = sniffImage(bytes);
    if (typeof type !== 'string') return type;
    const reason = options.refuseOn?.(bytes);
    if (reason) return { refused: 'image_unreadable', reason };
    return 'kind' in input ? embedding(bytes) : classification(bytes, input.topK);
  }

  return {
    model: { id, version: `${id}@fake0000`, tasks: ['image-classification', 'embedding'] },
    dimensions: DIMENSIONS,
    limits: {
      contextTokens: 1,
      batchItemsMax: options.batchItemsMax ?? 16,
      batchTokensMax: options.batchItemsMax ?? 16,
      parallelBatches: options.parallelBatches ?? 1,
    },
    batches,
    costBound: () => 1,
    run,
    ready: async () => {},
    close: async () => {
      closed = true;
    },
  };
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
