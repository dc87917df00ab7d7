import {
  type ImageClassification,
  type ImageClassifier,
  type ImageInput,
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

export interface FakeImageClassifier extends ImageClassifier {
  /** Every batch that was run, oldest first. */
  readonly batches: readonly (readonly ImageInput[])[];
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
 * refused as the real one refuses it, and a picture's classes follow from a hash of its bytes.
 */
export function fakeImageClassifier(options: FakeImageClassifierOptions = {}): FakeImageClassifier {
  const id = options.id ?? 'image-1';
  const batches: (readonly ImageInput[])[] = [];
  let closed = false;

  async function run(inputs: readonly ImageInput[], signal?: AbortSignal) {
    signal?.throwIfAborted();
    if (closed) throw new ModelRuntimeError('The model is closed.');
    batches.push(inputs);
    if (options.latencyMs) await delay(options.latencyMs, signal);
    if (options.failOn && inputs.some(({ bytes }) => options.failOn?.(bytes))) {
      throw new ModelRuntimeError('The fake model was told to fail on this batch.');
    }
    return inputs.map((input) => answer(input));
  }

  function answer({ bytes, topK }: ImageInput): ImageClassification | ImageRefused {
    const type = sniffImage(bytes);
    if (typeof type !== 'string') return type;
    const reason = options.refuseOn?.(bytes);
    return reason ? { refused: 'image_unreadable', reason } : classification(bytes, topK);
  }

  return {
    model: { id, version: `${id}@fake0000`, task: 'image-classification' },
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

/** Each class has half of what the ones before it left. */
function classification(bytes: Uint8Array, topK: number): ImageClassification {
  const first = bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7) % CLASSES.length;
  const ordered = [...CLASSES.slice(first), ...CLASSES.slice(0, first)];
  const scores = ordered.map((named, rank) => ({ ...named, score: 0.5 ** (rank + 1) }));
  return { scores: scores.slice(0, topK), interval: null };
}
