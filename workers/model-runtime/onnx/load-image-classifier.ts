import type { ImageAnswer, ImageModel, ImageQuestion } from '../model-runtime.ts';
import { createComputePool } from './compute-pool.ts';
import { describeImageModel, digestImageModel } from './image-model-folder.ts';
import type { LoadTextClassifierOptions } from './load-text-classifier.ts';
import { silentLogger } from './runtime-logger.ts';

/** The folder is `workers/models/image-classification`, or one in its layout. */
export type LoadImageClassifierOptions = LoadTextClassifierOptions;

export interface OnnxImageClassifier extends ImageModel {
  /** Of the compute processes that are up. */
  threadPids(): number[];
}

/** Pictures of a batch are computed one after the other: a larger batch would only make the first one wait. */
const BATCH_ITEMS_MAX = 4;
const BATCH_TIMEOUT_MS = 30_000;
/**
 * For glibc, of which decoders ask for a large picture's memory from several threads: left alone, it keeps a heap for
 * each, and learns to keep large pieces in them, so that a process grows to several times what one picture needs.
 */
const GLIBC_MEMORY = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: String(4 * 1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(16 * 1024 * 1024),
} as const;

/** As `loadTextClassifier`: reads the description at once; `ready()` resolves when a process has answered. */
export async function loadImageClassifier(options: LoadImageClassifierOptions): Promise<OnnxImageClassifier> {
  const { folder, id, threads, threadEntry } = options;
  const pool = createComputePool<ImageQuestion, ImageAnswer>({
    folder,
    task: 'image-classification',
    threads,
    threadEntry,
    logger: options.logger ?? silentLogger,
    batchTimeoutMs: options.batchTimeoutMs ?? BATCH_TIMEOUT_MS,
    environment: GLIBC_MEMORY,
  });
  try {
    const [digest, { classes, features, mapSide }] = await Promise.all([
      digestImageModel(folder),
      describeImageModel(folder),
    ]);
    return {
      model: {
        id,
        version: `${id}@${digest.slice(0, 8)}`,
        tasks: features === null ? ['image-classification'] : ['image-classification', 'embedding'],
      },
      dimensions: features,
      hasMaps: mapSide !== null,
      limits: {
        contextTokens: 1,
        batchItemsMax: BATCH_ITEMS_MAX,
        batchTokensMax: BATCH_ITEMS_MAX,
        parallelBatches: threads,
      },
      classes,
      costBound: () => 1,
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
