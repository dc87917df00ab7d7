import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { grammarOfFormat } from '../json-schema/grammar-of-format.ts';
import { ModelRuntimeError } from '../model-runtime.ts';
import { type RuntimeLogger, silentLogger } from '../onnx/runtime-logger.ts';
import { createEventQueue, type EventQueue } from '../text/event-queue.ts';
import {
  type GenerationEvent,
  GenerationQueueFullError,
  GenerationRefusedError,
  type TextGenerator,
} from '../text-generator.ts';
import type { LlamaDevice } from './binding.ts';
import { findAdapters } from './find-adapters.ts';
import { findModelFiles } from './find-model-files.ts';
import { createTextChild } from './text-child.ts';
import type { TextNews } from './text-messages.ts';

export { howToInstallLlama, isLlamaInstalled } from './binding.ts';

export interface LoadTextGeneratorOptions {
  /**
   * A folder with one GGUF file, or with the parts of one: `workers/models/text-generation`. Or a GGUF file, which may be the
   * first of its parts.
   */
  readonly folder: string;
  /** Public name, as sold: `text-1`. */
  readonly id: string;
  /** Where adapters of the model are; without it its own folder `adapters`. */
  readonly adaptersFolder?: string;
  readonly threads: number;
  readonly device?: LlamaDevice;
  /** The file that the process starts from: `text-process.ts`, or its bundle. */
  readonly entry: URL;
  readonly logger?: RuntimeLogger;
  /** Answers that are written at the same time. */
  readonly sequences?: number;
  /** Of these, so many for one lane. */
  readonly laneSequencesMax?: number;
  /** Of one sequence, prompt and answer together. Each takes 23 KB of memory for a token of SmolLM2-135M. */
  readonly contextTokens?: number;
  /** No news for so long while something is being written: the process has hung, and is ended. */
  readonly silenceMs?: number;
}

export interface LlamaTextGenerator extends TextGenerator {
  /** Of the process, while it is up. */
  pid(): number | undefined;
  /** The same model, adapted: each by its own name. They share its process and its sequences. */
  readonly adapters: readonly TextGenerator[];
}

const DEFAULTS = { sequences: 10, laneSequencesMax: 8, contextTokens: 2_048, silenceMs: 30_000 } as const;
const WAITING_MAX = 512;

/** Starts the process and waits until the model has made a first token. Rejects if it can't. */
export async function loadTextGenerator(options: LoadTextGeneratorOptions): Promise<LlamaTextGenerator> {
  const { id, threads, entry, device = 'cpu', logger = silentLogger } = options;
  const { folder, files } = await findModelFiles(options.folder);
  const adapters = await findAdapters(options.adaptersFolder ?? path.join(folder, 'adapters'));
  if (adapters.some((adapter) => adapter.id === id)) {
    throw new ModelRuntimeError(`An adapter is called ${id}, as its model is.`);
  }
  const inFlight = new Map<number, EventQueue<GenerationEvent>>();
  let lastId = 0;
  let closed: Promise<void> | undefined;
  let onIdle = () => {};
  const child = createTextChild({
    entry,
    logger,
    silenceMs: options.silenceMs ?? DEFAULTS.silenceMs,
    isBusy: () => inFlight.size > 0,
    options: {
      file: path.join(folder, files[0] as string),
      device,
      threads,
      sequences: options.sequences ?? DEFAULTS.sequences,
      laneSequencesMax: options.laneSequencesMax ?? DEFAULTS.laneSequencesMax,
      contextTokens: options.contextTokens ?? DEFAULTS.contextTokens,
      adapters,
    },
    onNews: (news) => news.forEach(receive),
    onDeath(reason) {
      for (const queue of inFlight.values()) queue.fail(new ModelRuntimeError(reason));
      inFlight.clear();
      onIdle();
    },
  });
  const paths = files.map((file) => path.join(folder, file));
  const [facts, digest, ...digests] = await Promise.all([
    child.firstReady,
    digestOf(paths),
    ...adapters.map(({ file }) => digestOf([...paths, file])),
  ]).catch(async (error: unknown) => {
    await child.close();
    throw error;
  });

  function receive(news: TextNews) {
    const queue = inFlight.get(news.id);
    if (!queue) return;
    if (news.kind === 'event') return queue.push(news.event);
    inFlight.delete(news.id);
    if (inFlight.size === 0) onIdle();
    if (news.kind === 'refused') return queue.fail(new GenerationRefusedError(news.refusal));
    if (news.kind === 'failed') return queue.fail(new ModelRuntimeError(news.reason));
    queue.end();
  }

  const generatorOf = (name: string, digest: string, adapter: string | null): TextGenerator => ({
    model: { id: name, version: `${name}@${digest.slice(0, 8)}`, tasks: ['text-generation'] },
    limits: { ...facts, waitingMax: WAITING_MAX },
    async *generate(input, { lane, signal }) {
      if (signal.aborted) return;
      if (closed) throw new ModelRuntimeError('The model is closed.');
      if (inFlight.size >= WAITING_MAX) throw new GenerationQueueFullError('Too much waits for the model.');
      const request = ++lastId;
      const queue = createEventQueue<GenerationEvent>();
      const grammar = grammarOfFormat(input.format);
      const cancel = () => child.send({ kind: 'cancel', id: request });
      signal.addEventListener('abort', cancel, { once: true });
      try {
        if (!child.send({ kind: 'start', id: request, lane, adapter, input, grammar })) {
          throw new ModelRuntimeError('The process that writes is being started again.');
        }
        inFlight.set(request, queue);
        yield* queue;
      } finally {
        signal.removeEventListener('abort', cancel);
        // Nobody reads on.
        if (inFlight.delete(request)) cancel();
      }
    },
    ready: async () => {},
    close: () => (closed ??= close()),
  });

  async function close() {
    if (inFlight.size > 0) await new Promise<void>((resolve) => (onIdle = resolve));
    await child.close();
  }

  return {
    ...generatorOf(id, digest, null),
    adapters: adapters.map((adapter, index) => generatorOf(adapter.id, digests[index] as string, adapter.id)),
    pid: child.pid,
  };
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${path.basename(file)}\0`);
    for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer);
  }
  return hash.digest('hex');
}
