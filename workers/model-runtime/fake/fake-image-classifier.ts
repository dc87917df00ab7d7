import {
  type ImageClassification,
  type ImageClassifier,
  type ImageInput,
  type ImageRefusalReason,
  type InputRefusal,
  ModelRuntimeError,
} from '../model-runtime.ts';

export interface FakeImageClassifierOptions {
  readonly id?: string;
  /** Time that a batch takes, whatever its size. */
  readonly latencyMs?: number;
  readonly batchItemsMax?: number;
  readonly parallelBatches?: number;
  /** A batch that holds such a picture rejects as a whole, as a crashed compute process would. */
  readonly failOn?: (bytes: Uint8Array) => boolean;
  /** Such a picture is refused for this reason, as a decoder would. */
  readonly refuseOn?: (bytes: Uint8Array) => ImageRefusalReason | null;
}

export interface FakeImageClassifier extends ImageClassifier {
  /** Every batch that was run, oldest first. */
  readonly batches: readonly (readonly ImageInput[])[];
}

const classes = 120;

/**
 * Test double with the whole contract of an image classifier and no model: what begins like a picture is one, and its
 * scores follow from a hash of its bytes.
 */
export function fakeImageClassifier(options: FakeImageClassifierOptions = {}): FakeImageClassifier {
  const id = options.id ?? 'image-1';
  const refuseOn = options.refuseOn ?? refusalOf;
  const batches: (readonly ImageInput[])[] = [];
  let closed = false;

  function answer(input: ImageInput): ImageClassification | InputRefusal {
    const reason = refuseOn(input.bytes);
    return reason ? { refused: 'image_unreadable', reason } : classification(input);
  }

  return {
    model: { id, version: `${id}@fake0000`, task: 'image-classification' },
    limits: {
      contextTokens: 0,
      batchItemsMax: options.batchItemsMax ?? 16,
      batchTokensMax: options.batchItemsMax ?? 16,
      parallelBatches: options.parallelBatches ?? 1,
    },
    batches,
    costBound: () => 1,
    async run(inputs, signal) {
      signal?.throwIfAborted();
      if (closed) throw new ModelRuntimeError('The model is closed.');
      batches.push(inputs);
      if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
      if (inputs.some((input) => options.failOn?.(input.bytes))) {
        throw new ModelRuntimeError('The fake model was told to fail on this batch.');
      }
      return inputs.map(answer);
    },
    ready: async () => {},
    close: async () => {
      closed = true;
    },
  };
}

/** By the first bytes alone. */
function refusalOf(bytes: Uint8Array): ImageRefusalReason | null {
  const head = Buffer.from(bytes.subarray(0, 256)).toString('latin1');
  if (/^(\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP|....ftypavi[fs])/s.test(head)) return null;
  return /<svg|^II\*|^MM\0\*|^BM/.test(head) ? 'unsupported_type' : 'not_an_image';
}

function classification({ bytes, topK }: ImageInput): ImageClassification {
  const hash = bytes.reduce((so, byte) => Math.imul(so ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
  const best = 0.5 + (hash % 400) / 1_000;
  return {
    interval: [best - 0.05, best + 0.05],
    scores: Array.from({ length: Math.min(topK, classes) }, (_, rank) => {
      const index = (hash + rank) % classes;
      return {
        label: `class ${index}`,
        wordnetId: `n${String(index).padStart(8, '0')}`,
        score: rank === 0 ? best : (1 - best) / 2 ** rank,
      };
    }),
  };
}
