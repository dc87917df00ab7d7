import { createHash } from 'node:crypto';
import { ModelRuntimeError } from '../model-runtime.ts';
import { type RuntimeLogger, silentLogger } from '../onnx/runtime-logger.ts';
import { createEngineClient, type EngineTimes } from '../remote-engine/engine-client.ts';
import { createEngineHealth } from '../remote-engine/engine-health.ts';
import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';
import { settledWithin } from '../remote-engine/settled-within.ts';
import { tryAgain } from '../remote-engine/try-again.ts';
import { untilUsable } from '../remote-engine/until-usable.ts';
import { createEventQueue } from '../text/event-queue.ts';
import type { GenerationEvent, TextGenerator } from '../text-generator.ts';
import { createAnswerSlots } from './answer-slots.ts';
import { toFailedAnswer, toGenerationError } from './ask-engine.ts';
import { dialects, type UpstreamEngine } from './dialects.ts';
import { type FoundAbilities, findAbilities } from './find-abilities.ts';
import { writeAnswers } from './write-answers.ts';

export interface UpstreamGeneratorOptions {
  /** Of its OpenAI-compatible API, with what stands before `/chat/completions`: `http://10.0.0.7:8000/v1`. */
  readonly url: string;
  readonly apiKey: string | null;
  readonly engine: UpstreamEngine;
  /** As the engine calls it. */
  readonly model: string;
  /** Public name, as sold: `text-1`. */
  readonly id: string;
  /** Prompt and answer together. Less where the engine says that it has less. */
  readonly contextTokens: number;
  /** Answers that the engine is asked for at the same time. */
  readonly sequences: number;
  /** Of these, so many for one lane. */
  readonly laneSequencesMax: number;
  readonly logger?: RuntimeLogger;
  readonly times?: EngineTimes;
  /** Before it is asked again, at the start, whether it can be served. */
  readonly startWaitMs?: number;
  /** What is being written when it is closed may go on for so long, and then ends where it is. */
  readonly closeMs?: number;
}

const TIMES: EngineTimes = { connectMs: 2_000, answerMs: 30_000, silenceMs: 30_000 };
const CLOSE_MS = 5_000;
const WAITING_MAX = 512;
/** Chat templates are the engine's: a bound for what is held, never what is billed. */
const MESSAGE_TOKENS = 16;

/** Returns at once; `ready()` resolves when the engine has answered as it has to, and rejects where it never will. */
export function loadUpstreamGenerator(options: UpstreamGeneratorOptions): TextGenerator {
  const { id, model, logger = silentLogger } = options;
  const dialect = dialects[options.engine];
  const client = createEngineClient({ ...options, times: options.times ?? TIMES });
  const slots = createAnswerSlots({
    slots: options.sequences,
    laneMax: options.laneSequencesMax,
    waitingMax: WAITING_MAX,
  });
  const closing = new AbortController();
  /** With what ends each. */
  const running = new Map<Promise<void>, () => void>();
  let contextTokens = options.contextTokens;
  let found: FoundAbilities | null = null;
  // It may come back with other abilities.
  const health = createEngineHealth({ engine: id, logger, check: find });
  const firstReady = begin();
  firstReady.catch(() => {}); // whoever calls ready() hears of it; nobody has to

  async function begin(): Promise<void> {
    const { signal } = closing;
    await untilUsable(find, { engine: id, logger, signal, waitMs: options.startWaitMs });
  }

  async function find(): Promise<void> {
    const abilities = await findAbilities(client, { model, dialect, signal: closing.signal });
    contextTokens = Math.min(options.contextTokens, abilities.contextTokens ?? options.contextTokens);
    found = abilities;
    const { chat, text } = abilities;
    logger.info({ engine: id, chat, text, contextTokens }, 'The engine answers.');
  }

  /** Away is what can't be reached; what answers badly may answer the next request well. */
  function noteFailure(error: unknown): void {
    if (!(error instanceof RemoteEngineError)) return;
    if (error.failure === 'unreachable' || error.failure === 'dropped') health.noteAway(error);
  }

  return {
    model: { id, version: `${id}@${digestOf(options)}`, tasks: ['text-generation'] },
    limits: {
      waitingMax: WAITING_MAX,
      templateTokensPerMessage: MESSAGE_TOKENS,
      /** Those of a template's own system message among them. */
      get templateTokens() {
        return Math.max(found?.chat?.promptTokens ?? 0, found?.text?.promptTokens ?? 0);
      },
      get contextTokens() {
        return contextTokens;
      },
    },
    async *generate(input, { lane, signal }) {
      if (signal.aborted) return;
      if (closing.signal.aborted) throw new ModelRuntimeError('The model is closed.');
      if (!found) throw new ModelRuntimeError('The engine has not answered yet.');
      health.assertUp();
      const queue = createEventQueue<GenerationEvent>();
      let isWriting = true;
      let hasBegun = false;
      const room = contextTokens;
      const left = new AbortController();
      const leave = () => left.abort();
      signal.addEventListener('abort', leave, { once: true });
      const writing = writeAnswers({
        input,
        lane,
        signal: left.signal,
        emit(event) {
          hasBegun = true;
          queue.push(event);
        },
        model,
        dialect,
        abilities: found,
        contextTokens: room,
        slots,
        client,
        tryAgain: (attempt) => tryAgain(attempt, { signal: left.signal }),
      })
        .finally(() => (isWriting = false))
        .then(queue.end, (error: unknown) => {
          noteFailure(error);
          queue.fail((hasBegun ? toFailedAnswer(error) : toGenerationError(error, room)) as Error);
        });
      running.set(writing, leave);
      void writing.finally(() => running.delete(writing));
      try {
        yield* queue;
      } finally {
        signal.removeEventListener('abort', leave);
        // Nobody reads on.
        if (isWriting) leave();
      }
    },
    ready: () => firstReady,
    async close() {
      closing.abort(new ModelRuntimeError('The model is closed.'));
      health.close();
      await settledWithin(options.closeMs ?? CLOSE_MS, running.keys());
      for (const leave of running.values()) leave();
      await Promise.all(running.keys());
      client.close();
    },
  };
}

/** What decides an answer, as far as it is known here: which model, of which engine, where. */
function digestOf({ url, engine, model }: UpstreamGeneratorOptions): string {
  return createHash('sha256').update([url, engine, model].join('\0')).digest('hex').slice(0, 8);
}
