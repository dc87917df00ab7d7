import type { TextEmbedder, TextEmbedding, TextInput } from '../model-runtime.ts';
import { tokenUpperBound } from '../token-bound.ts';
import { createComputePool } from './compute-pool.ts';
import { type LoadTextClassifierOptions, TEXT_BATCH } from './load-text-classifier.ts';
import { describeEncoder, digestModel, ENCODER_FILES, servedFiles } from './model-folder.ts';
import { loadVocabularyWords } from './reading/vocabulary-words.ts';
import { silentLogger } from './runtime-logger.ts';

/** The folder is `workers/models/text-embedding`, or one in its layout. */
export type LoadTextEmbedderOptions = LoadTextClassifierOptions;

export interface OnnxTextEmbedder extends TextEmbedder {
  /** Of the compute processes that are up. */
  threadPids(): number[];
}

/** As `loadTextClassifier`: reads the description at once; `ready()` resolves when a process has answered. */
export async function loadTextEmbedder(options: LoadTextEmbedderOptions): Promise<OnnxTextEmbedder> {
  const { folder, id, threads, threadEntry } = options;
  const pool = createComputePool<TextInput, TextEmbedding>({
    folder,
    task: 'text-embedding',
    threads,
    threadEntry,
    logger: options.logger ?? silentLogger,
    batchTimeoutMs: options.batchTimeoutMs ?? TEXT_BATCH.timeoutMs,
  });
  try {
    const [{ contextTokens, hiddenSize }, digest, words] = await Promise.all([
      describeEncoder(folder),
      digestModel(folder, servedFiles(folder, ENCODER_FILES)),
      loadVocabularyWords(folder),
    ]);
    return {
      model: { id, version: `${id}@${digest.slice(0, 8)}`, tasks: ['embedding'] },
      dimensions: hiddenSize,
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
