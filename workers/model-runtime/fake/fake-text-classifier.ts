import {
  type InputRefusal,
  ModelRuntimeError,
  type TextClassification,
  type TextClassifier,
  type TextInput,
} from '../model-runtime.ts';
import { delay } from './delay.ts';

export interface FakeTextClassifierOptions {
  readonly id?: string;
  /** False: `batches` stays empty, for a process that serves it for long. */
  readonly keepsInputs?: boolean;
  /** Time that a batch takes, whatever its size. */
  readonly latencyMs?: number;
  readonly contextTokens?: number;
  readonly batchItemsMax?: number;
  readonly batchTokensMax?: number;
  readonly parallelBatches?: number;
  /** A batch that holds such a text rejects as a whole, as a crashed compute thread would. */
  readonly failOn?: (text: string) => boolean;
  /** Such a text is refused as too long, unless `truncate`. */
  readonly refuseOn?: (text: string) => boolean;
}

export interface FakeTextClassifier extends TextClassifier {
  /** Every batch that was run, oldest first, unless `keepsInputs` is false. */
  readonly batches: readonly (readonly TextInput[])[];
}

const LABELS = ['negative', 'neutral', 'positive'] as const;

/**
 * Test double with the whole contract of a text classifier and no model: each text counts one token, and its
 * scores follow from a hash of the text, so a test knows them without a model's weights.
 */
export function fakeTextClassifier(options: FakeTextClassifierOptions = {}): FakeTextClassifier {
  const id = options.id ?? 'sentiment-1';
  const contextTokens = options.contextTokens ?? 510;
  const batches: (readonly TextInput[])[] = [];
  let closed = false;

  async function run(inputs: readonly TextInput[], signal?: AbortSignal) {
    signal?.throwIfAborted();
    if (closed) throw new ModelRuntimeError('The model is closed.');
    if (options.keepsInputs ?? true) batches.push(inputs);
    if (options.latencyMs) await delay(options.latencyMs, signal);
    if (options.failOn && inputs.some((input) => options.failOn?.(input.text))) {
      throw new ModelRuntimeError('The fake model was told to fail on this batch.');
    }
    return inputs.map((input) => answer(input));
  }

  function answer(input: TextInput): TextClassification | InputRefusal {
    const tooLong = options.refuseOn?.(input.text) ?? false;
    if (tooLong && !input.truncate) {
      return { refused: 'input_too_long', tokens: contextTokens + 1, contextTokens };
    }
    return classification(input.text, tooLong);
  }

  return {
    model: { id, version: `${id}@fake0000`, tasks: ['sentiment'] },
    limits: {
      contextTokens,
      batchItemsMax: options.batchItemsMax ?? 64,
      batchTokensMax: options.batchTokensMax ?? 16_384,
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

function classification(text: string, truncated: boolean): TextClassification {
  const hash = fnv1a(text);
  const winner = hash % LABELS.length;
  const score = 0.5 + ((hash >>> 8) % 1000) / 2000;
  const rest = (1 - score) / (LABELS.length - 1);
  const scores = Object.fromEntries(LABELS.map((label, index) => [label, index === winner ? score : rest]));
  return {
    scores,
    label: LABELS[winner] ?? LABELS[0],
    score,
    interval: [Math.max(0, score - 0.05), Math.min(1, score + 0.05)],
    inputTokens: 1,
    truncated,
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
