import type { TextClassifier } from '../model-runtime.ts';

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
}

export interface RuntimeLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Reads the folder's description at once and starts the threads; `ready()` of what it returns resolves when a
 * thread has answered. Rejects if the folder is not a model that this runtime can serve.
 */
export async function loadTextClassifier(options: LoadTextClassifierOptions): Promise<TextClassifier> {
  throw new Error(`not built yet: ${options.folder}`);
}
