import {
  type InputRefusal,
  ModelRuntimeError,
  type TextEmbedder,
  type TextEmbedding,
  type TextInput,
} from '../model-runtime.ts';
import { delay } from './delay.ts';

export interface FakeTextEmbedderOptions {
  readonly id?: string;
  /** False: `batches` stays empty, for a process that serves it for long. */
  readonly keepsInputs?: boolean;
  /** Time that a batch takes, whatever its size. */
  readonly latencyMs?: number;
  readonly batchItemsMax?: number;
  /** A batch that holds such a text rejects as a whole, as a crashed compute process would. */
  readonly failOn?: (text: string) => boolean;
  /** Such a text is refused as too long, unless `truncate`. */
  readonly refuseOn?: (text: string) => boolean;
}

export interface FakeTextEmbedder extends TextEmbedder {
  /** Every batch that was run, oldest first, unless `keepsInputs` is false. */
  readonly batches: readonly (readonly TextInput[])[];
}

const DIMENSIONS = 384;
const CONTEXT_TOKENS = 510;

/**
 * Test double with the whole contract of a sentence encoder and no model: a token is a word, and a text's vector counts
 * its words by their hashes, so that texts with words in common have a dot product above 0.
 */
export function fakeTextEmbedder(options: FakeTextEmbedderOptions = {}): FakeTextEmbedder {
  const id = options.id ?? 'text-embedding-1';
  const batches: (readonly TextInput[])[] = [];
  let closed = false;

  async function run(inputs: readonly TextInput[], signal?: AbortSignal) {
    signal?.throwIfAborted();
    if (closed) throw new ModelRuntimeError('The model is closed.');
    if (options.keepsInputs ?? true) batches.push(inputs);
    if (options.latencyMs) await delay(options.latencyMs, signal);
    if (inputs.some(({ text }) => options.failOn?.(text))) {
      throw new ModelRuntimeError('The fake model was told to fail on this batch.');
    }
    return inputs.map((input) => answer(input));
  }

  function answer({ text, truncate }: TextInput): TextEmbedding | InputRefusal {
    const truncated = options.refuseOn?.(text) ?? false;
    if (truncated && !truncate) {
      return { refused: 'input_too_long', tokens: CONTEXT_TOKENS + 1, contextTokens: CONTEXT_TOKENS };
    }
    const words = wordsOf(text);
    return { vector: vectorOf(words), inputTokens: words.length, truncated };
  }

  return {
    model: { id, version: `${id}@fake0000`, tasks: ['embedding'] },
    dimensions: DIMENSIONS,
    limits: {
      contextTokens: CONTEXT_TOKENS,
      batchItemsMax: options.batchItemsMax ?? 32,
      batchTokensMax: 2_048,
      parallelBatches: 1,
    },
    batches,
    costBound: ({ text }) => wordsOf(text).length,
    run,
    ready: async () => {},
    close: async () => {
      closed = true;
    },
  };
}

function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}

function vectorOf(words: readonly string[]): Float32Array {
  const values = new Float32Array(DIMENSIONS);
  for (const word of words) {
    const hash = [...word].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7);
    values[hash % DIMENSIONS] = (values[hash % DIMENSIONS] ?? 0) + 1;
  }
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
