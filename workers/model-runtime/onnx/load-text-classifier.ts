import type { TextClassification, TextClassifier, TextInput } from '../model-runtime.ts';
import { tokenUpperBound } from '../token-bound.ts';
import { createComputePool } from './compute-pool.ts';
import { describeModel, digestModel } from './model-folder.ts';
import { loadVocabularyWords } from './reading/vocabulary-words.ts';
import { type RuntimeLogger, silentLogger } from './runtime-logger.ts';

export type { RuntimeLogger } from './runtime-logger.ts';

export interface LoadTextClassifierOptions {
  /** Model folder in Hugging Face repository layout: `workers/models/sentiment`. */
  readonly folder: string;
  /** Public name, as sold: `sentiment-1`. */
  readonly id: string;
  /** Compute threads: one single-threaded session each. One a core is fastest. */
  readonly threads: number;
  /**
   * The file that a compute thread starts from: `new URL('./compute-thread.ts', import.meta.url)` when the
   * sources run, the bundle of the same file when a bundle does.
   */
  readonly threadEntry: URL;
  readonly logger?: RuntimeLogger;
  readonly batchTimeoutMs?: number;
}

export interface OnnxTextClassifier extends TextClassifier {
  /** Of the compute processes that are up. */
  threadPids(): number[];
}

export const TEXT_BATCH = {
  /** Best of 8, 16, 32 and 64 by texts a second; more only makes the last text of a batch wait. */
  itemsMax: 32,
  /** About 0.1 s of one core, and room for four texts of the longest kind. */
  tokensMax: 2048,
  timeoutMs: 30_000,
} as const;

/**
 * Reads the folder's description at once and starts the threads; `ready()` of what it returns resolves when a
 * thread has answered. Rejects if the folder is not a model that this runtime can serve.
 */
export async function loadTextClassifier(options: LoadTextClassifierOptions): Promise<OnnxTextClassifier> {
  const { folder, id, threads, threadEntry } = options;
  const pool = createComputePool<TextInput, TextClassification>({
    folder,
    task: 'sentiment',
    threads,
    threadEntry,
    logger: options.logger ?? silentLogger,
    batchTimeoutMs: options.batchTimeoutMs ?? TEXT_BATCH.timeoutMs,
  });
  try {
    // While the threads start.
    const [{ contextTokens }, digest, words] = await Promise.all([
      describeModel(folder),
      digestModel(folder),
      loadVocabularyWords(folder),
    ]);
    return {
      model: { id, version: `${id}@${digest.slice(0, 8)}`, tasks: ['sentiment'] },
      limits: {
        contextTokens,
        batchItemsMax: TEXT_BATCH.itemsMax,
        batchTokensMax: TEXT_BATCH.tokensMax,
        parallelBatches: threads,
      },
      costBound: ({ text }) => tokenUpperBound(text, contextTokens, words),
      run: pool.run,
      ready: pool.ready,
      close: pool.close,
      threadPids: pool.pids,
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}
