import type { EngineClient } from '../remote-engine/engine-client.ts';
import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';
import { type GenerationEvent, type GenerationInput, GenerationRefusedError } from '../text-generator.ts';
import type { AnswerSlots } from './answer-slots.ts';
import { askUsage, EngineRefusedError, openAnswer } from './ask-engine.ts';
import { createChoiceWriter } from './choice-writer.ts';
import type { Dialect } from './dialects.ts';
import type { UpstreamChunk, UpstreamUsage } from './upstream-chunk.ts';
import { type Abilities, answerRequest, countRequest, refuseUnsupported } from './upstream-request.ts';

export interface WriteAnswersOptions {
  readonly input: GenerationInput;
  readonly lane: string;
  readonly signal: AbortSignal;
  readonly emit: (event: GenerationEvent) => void;
  readonly model: string;
  readonly dialect: Dialect;
  readonly abilities: Abilities;
  readonly contextTokens: number;
  readonly slots: AnswerSlots;
  readonly client: EngineClient;
  readonly tryAgain: <Result>(attempt: () => Promise<Result>) => Promise<Result>;
}

type PromptUse = Pick<UpstreamUsage, 'inputTokens' | 'cachedTokens'>;

interface Begun {
  readonly chunks: AsyncGenerator<UpstreamChunk>;
  readonly prompt: PromptUse;
}

/** The engine may tell a role, or nothing, before it tells tokens; so many pieces are waited for. */
const PIECES_BEFORE_USAGE_MAX = 8;

/**
 * Has every choice written by the engine, each as a stream of its own; those after the first begin when that one has, and
 * find the prompt in the engine's cache. Aborted, every connection is closed, which ends the work at the engine, and
 * each choice that had begun is finished as it is.
 */
export async function writeAnswers(options: WriteAnswersOptions): Promise<void> {
  const { input, lane, slots, emit } = options;
  const path = refuseUnsupported(input, options.dialect, options.abilities);
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const giveBack = await slots.take(lane, signal).catch(unlessAborted);
  if (!giveBack) return;
  let prompt: PromptUse | undefined;
  const choices: Promise<void>[] = [];
  try {
    const begun = await begin().catch(unlessAborted);
    if (!begun) return giveBack();
    prompt = begun.prompt;
    const { inputTokens, cachedTokens } = prompt;
    emit({ kind: 'started', inputTokens, cachedTokens, truncated: false });
    choices.push(write(0, begun.chunks).finally(giveBack));
  } catch (error) {
    giveBack();
    throw error;
  }
  for (let choice = 1; choice < input.choices; choice++) choices.push(writeLater(choice));
  await Promise.all(choices).catch((error: unknown) => {
    failed.abort();
    throw error;
  });

  /** Resolves when the prompt's tokens are known, which is before any of the answer is told. */
  async function begin(): Promise<Begun> {
    if (!path.runningUsage) return beginCounted();
    try {
      const chunks = await open(0, Math.min(input.outputTokensMax, options.contextTokens - 1), true);
      const begun = await untilUsage(chunks);
      fitOrRefuse(begun.prompt);
      return begun;
    } catch (error) {
      // vLLM refuses a prompt whose answer could become too long, where it could be shorter.
      if (error instanceof EngineRefusedError && error.isTooLong) return beginCounted();
      throw error;
    }
  }

  async function beginCounted(): Promise<Begun> {
    const request = countRequest(input.prompt, options.model, options.dialect);
    const counted = await options.tryAgain(() => askUsage(options.client, request, signal));
    fitOrRefuse(counted);
    return { prompt: counted, chunks: await open(0, roomFor(counted), path.runningUsage) };
  }

  async function writeLater(choice: number): Promise<void> {
    const release = await slots.takeMore(lane, signal).catch(unlessAborted);
    if (!release) return emit({ kind: 'finished', choice, reason: 'cancelled', outputTokens: 0 });
    try {
      const chunks = await open(choice, room(), path.runningUsage).catch(unlessAborted);
      if (!chunks) return emit({ kind: 'finished', choice, reason: 'cancelled', outputTokens: 0 });
      await write(choice, chunks);
    } finally {
      release();
    }
  }

  async function write(choice: number, chunks: AsyncGenerator<UpstreamChunk>): Promise<void> {
    const writer = createChoiceWriter({ choice, input, outputTokensMax: room() });
    try {
      for await (const chunk of chunks) {
        for (const event of writer.take(chunk)) emit(event);
        if (writer.isOver) break;
      }
      emit(writer.finish());
    } catch (error) {
      if (error instanceof RemoteEngineError && writer.isWhole) return emit(writer.finish());
      if (!options.signal.aborted) throw error;
      emit(writer.cancel());
    }
  }

  function open(choice: number, outputTokensMax: number, runningUsage: boolean) {
    const { model, dialect, client } = options;
    const request = answerRequest(input, { model, dialect, choice, outputTokensMax, runningUsage });
    return options.tryAgain(() => openAnswer(client, request, signal));
  }

  function fitOrRefuse({ inputTokens: tokens }: PromptUse): void {
    const { contextTokens } = options;
    if (tokens < contextTokens) return;
    // Ends the stream that may be open already.
    failed.abort();
    throw new GenerationRefusedError({ refused: 'input_too_long', tokens, contextTokens });
  }

  function roomFor({ inputTokens }: PromptUse): number {
    return Math.min(input.outputTokensMax, options.contextTokens - inputTokens);
  }

  function room(): number {
    return prompt ? roomFor(prompt) : input.outputTokensMax;
  }

  /** Whoever left is told nothing more. */
  function unlessAborted(error: unknown): undefined {
    if (!options.signal.aborted) throw error;
  }
}

/** Nothing that was read is lost. */
async function untilUsage(chunks: AsyncGenerator<UpstreamChunk>): Promise<Begun> {
  const read: UpstreamChunk[] = [];
  while (read.length < PIECES_BEFORE_USAGE_MAX) {
    const next = await chunks.next();
    if (next.done) break;
    read.push(next.value);
    const { usage } = next.value;
    if (usage) return { prompt: usage, chunks: goingOn(read, chunks) };
  }
  await chunks.return(undefined);
  throw new RemoteEngineError('unreadable', 'The engine did not tell the tokens of the prompt.');
}

async function* goingOn(
  read: readonly UpstreamChunk[],
  chunks: AsyncGenerator<UpstreamChunk>,
): AsyncGenerator<UpstreamChunk> {
  try {
    yield* read;
    yield* chunks;
  } finally {
    await chunks.return(undefined);
  }
}
