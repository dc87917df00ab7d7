import { createHash } from 'node:crypto';
import { ModelRuntimeError, type TextClassifier, type TextInput } from '../model-runtime.ts';
import { classifyTexts } from '../onnx/classify-texts.ts';
import { createComputePool } from '../onnx/compute-pool.ts';
import { describeModel, digestModel, MODEL_FILES, ModelFolderError } from '../onnx/model-folder.ts';
import type { ReadText } from '../onnx/reading/text-reader.ts';
import { loadVocabularyWords } from '../onnx/reading/vocabulary-words.ts';
import { type RuntimeLogger, silentLogger } from '../onnx/runtime-logger.ts';
import { createEngineClient, type EngineTimes } from '../remote-engine/engine-client.ts';
import { createEngineHealth } from '../remote-engine/engine-health.ts';
import {
  type EngineFailure,
  RemoteEngineError,
  UnusableEngineError,
} from '../remote-engine/remote-engine-error.ts';
import { settledWithin } from '../remote-engine/settled-within.ts';
import { tryAgain } from '../remote-engine/try-again.ts';
import { untilUsable } from '../remote-engine/until-usable.ts';
import { tokenUpperBound } from '../token-bound.ts';
import { type EncoderSignature, encoderInputs, encoderSignature } from './encoder-inputs.ts';
import { checkReady, infer, type RemoteModel, readMetadata } from './protocol.ts';

export interface OpenInferenceClassifierOptions {
  /** Tokenizer, labels and calibration of the model that the engine runs; its graph need not be there. */
  readonly folder: string;
  /** Public name, as sold: `sentiment-1`. */
  readonly id: string;
  /** Of the server, with what stands before `/v2`. */
  readonly url: string;
  readonly apiKey: string | null;
  /** As the engine calls it. */
  readonly model: string;
  readonly modelVersion: string | null;
  /** Batches that the engine is asked for at the same time. */
  readonly parallelBatches: number;
  /** The file that the process which reads texts starts from, as for `loadTextClassifier`. */
  readonly threadEntry: URL;
  readonly logger?: RuntimeLogger;
  readonly times?: EngineTimes;
  /** Before it is asked again, at the start, whether it can be served. */
  readonly startWaitMs?: number;
  /** What runs when it is closed may go on for so long. */
  readonly closeMs?: number;
}

const TIMES: EngineTimes = { connectMs: 2_000, answerMs: 20_000, silenceMs: 5_000 };
const CLOSE_MS = 5_000;
const BATCH_ITEMS_MAX = 32;
/** Four texts of the longest kind, as where the graph runs here. */
const BATCH_TOKENS_MAX = 2_048;
/** Of what one request may pad: a round trip costs more than padding does. */
const PADDED_TOKENS_MAX = 8_192;
const READ_TIMEOUT_MS = 30_000;

/**
 * Texts are read here, in a process of their own, so that what is billed is counted by us; the engine is given tokens and
 * gives logits, which are calibrated here. Rejects if the folder does not describe a model.
 */
export async function loadOpenInferenceClassifier(
  options: OpenInferenceClassifierOptions,
): Promise<TextClassifier> {
  const { folder, id, logger = silentLogger } = options;
  const [description, digest, words] = await Promise.all([
    describeModel(folder),
    digestModel(folder, Object.values(MODEL_FILES)),
    loadVocabularyWords(folder),
  ]);
  const client = createEngineClient({ ...options, times: options.times ?? TIMES });
  const remote: RemoteModel = { client, name: options.model, version: options.modelVersion };
  const reader = createComputePool<TextInput, ReadText>({
    folder,
    task: 'text-tokens',
    threads: 1,
    threadEntry: options.threadEntry,
    logger,
    batchTimeoutMs: READ_TIMEOUT_MS,
  });
  const closing = new AbortController();
  let signature: EncoderSignature | null = null;
  const health = createEngineHealth({ engine: id, logger, check: () => checkReady(remote, closing.signal) });
  const running = new Set<Promise<unknown>>();
  const engineReady = untilUsable(openEngine, {
    engine: id,
    logger,
    signal: closing.signal,
    waitMs: options.startWaitMs,
  });
  const firstReady = Promise.all([reader.ready(), engineReady]).then(() => {});
  firstReady.catch(() => {}); // whoever calls ready() hears of it; nobody has to

  async function openEngine(): Promise<void> {
    await checkReady(remote, closing.signal);
    const metadata = await readMetadata(remote, closing.signal);
    const found = encoderSignature(metadata, description.labels.length);
    await reader.ready();
    const [warm] = await reader.run([{ text: 'Ready when the first batch is through.', truncate: false }]);
    if (warm) await classify([warm], found, closing.signal).catch(unlessOfAnotherModel);
    signature = found;
    logger.info({ engine: id, platform: metadata.platform ?? null }, 'The engine answers.');
  }

  function classify(
    read: Parameters<typeof classifyTexts>[0],
    known: EncoderSignature,
    signal: AbortSignal | undefined,
  ) {
    return classifyTexts(read, {
      description,
      paddedTokensMax: PADDED_TOKENS_MAX,
      wasteTokensMax: PADDED_TOKENS_MAX,
      logitsOf: (texts) => {
        const inputs = encoderInputs(known, texts);
        return tryAgain(() => infer(remote, { inputs, output: known.output, signal }), { signal });
      },
    });
  }

  async function run(inputs: readonly TextInput[], signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    if (closing.signal.aborted) throw new ModelRuntimeError('The model is closed.');
    if (!signature) throw new ModelRuntimeError('The engine has not answered yet.');
    health.assertUp();
    const read = await reader.run(inputs, signal);
    try {
      return await classify(read, signature, signal);
    } catch (error) {
      if (isAway(error)) health.noteAway(error);
      throw error instanceof ModelFolderError ? new RemoteEngineError('unreadable', error.message) : error;
    }
  }

  return {
    model: { id, version: `${id}@${versionOf(digest, options)}`, tasks: ['sentiment'] },
    limits: {
      contextTokens: description.contextTokens,
      batchItemsMax: BATCH_ITEMS_MAX,
      batchTokensMax: BATCH_TOKENS_MAX,
      parallelBatches: options.parallelBatches,
    },
    costBound: ({ text }) => tokenUpperBound(text, description.contextTokens, words),
    run(inputs, signal) {
      const answered = run(inputs, signal);
      running.add(answered);
      const forget = () => void running.delete(answered);
      answered.then(forget, forget);
      return answered;
    },
    ready: () => firstReady,
    async close() {
      // First of all, or what comes while others end is run with what is gone by then.
      closing.abort(new ModelRuntimeError('The model is closed.'));
      health.close();
      await settledWithin(options.closeMs ?? CLOSE_MS, running);
      client.close();
      await reader.close();
      await Promise.allSettled(running);
    },
  };
}

/** Asking again gives no other number of logits. */
function unlessOfAnotherModel(error: unknown): never {
  throw error instanceof ModelFolderError ? new UnusableEngineError(error.message) : error;
}

const awayFailures: ReadonlySet<EngineFailure> = new Set(['unreachable', 'dropped', 'silent']);

/** What can't be reached, or does not answer in time, or says itself that it is not there. */
function isAway(error: unknown): boolean {
  if (!(error instanceof RemoteEngineError)) return false;
  return awayFailures.has(error.failure) || error.status === 503;
}

/** What decides an answer, as far as it is known here. */
function versionOf(digest: string, { url, model, modelVersion }: OpenInferenceClassifierOptions): string {
  const parts = [digest, url, model, modelVersion ?? ''];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 8);
}
