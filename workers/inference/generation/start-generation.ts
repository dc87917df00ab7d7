import { priceMicroUsd } from '#server/domain/billing/prices.ts';
import { DomainError } from '#server/domain/errors.ts';
import { ModelRuntimeError } from '#workers/model-runtime/model-runtime.ts';
import type {
  GenerationEvent,
  GenerationFinished,
  GenerationInput,
  GenerationStarted,
  GenerationText,
  TextGenerator,
} from '#workers/model-runtime/text-generator.ts';
import { stoppedBefore, stoppedWithin } from '../errors/server-stopping.ts';
import type { FinishReason } from '../generation-endpoint.ts';

export interface GenerationTimes {
  readonly firstEventTimeoutMs: number;
  readonly timeoutMs: number;
}

export interface StartOptions extends GenerationTimes {
  readonly lane: string;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
  /** Aborted when the process has no more time: the text ends where it is. Left out: never. */
  readonly ending?: AbortSignal | undefined;
}

/** A text that is being written. */
export interface Generation {
  readonly started: GenerationStarted;
  /** So far: what would be billed if it ended now. */
  readonly outputTokens: number;
  /** Whether the caller hung up before it ended. */
  readonly isCancelled: boolean;
  /** What the caller is told instead of its end, where the process had no more time for it. Known when `events` has ended. */
  readonly cutBy: DomainError | null;
  /** By choice; complete when `events` has ended. */
  readonly reasons: readonly FinishReason[];
  /** To be gone through once, to its end, also after `stop`. Rejects if the model fails, or `fail` was called. */
  events(): AsyncGenerator<GenerationText>;
  /** No more is given out than can be billed. */
  limitTo(held: { readonly units: number; readonly microUsd: number }): void;
  /** The caller reads no more: what was made until now is billed. */
  stop(): void;
  fail(error: DomainError): void;
}

/** Resolves when the model has begun. Rejects with what the model throws before that, or when it takes too long. */
export async function startGeneration(
  generator: TextGenerator,
  input: GenerationInput,
  { lane, signal, ending, firstEventTimeoutMs, timeoutMs }: StartOptions,
): Promise<Generation> {
  const stopping = new AbortController();
  const iterator = generator.generate(input, { lane, signal: stopping.signal })[Symbol.asyncIterator]();
  const made = Array.from({ length: input.choices }, () => 0);
  const reasons = Array.from({ length: input.choices }, (): FinishReason | undefined => undefined);
  let isCancelled = false;
  let isFull = false;
  let isEnding = false;
  let isCut = false;
  let failure: DomainError | undefined;
  let held = { units: Number.POSITIVE_INFINITY, microUsd: Number.POSITIVE_INFINITY };
  if (signal.aborted) stop();
  if (ending?.aborted) endHere();
  signal.addEventListener('abort', stop, { once: true });
  ending?.addEventListener('abort', endHere, { once: true });
  const started = await begin();
  // A text that takes too long ends where it is: what was written so far is an answer too.
  const timer = setTimeout(() => stopping.abort(), timeoutMs);

  function stop() {
    isCancelled = true;
    stopping.abort();
  }

  function endHere() {
    isEnding = true;
    stopping.abort();
  }

  function listenNoMore() {
    signal.removeEventListener('abort', stop);
    ending?.removeEventListener('abort', endHere);
  }

  async function begin(): Promise<GenerationStarted> {
    let late = false;
    const waiting = setTimeout(() => {
      late = true;
      stopping.abort();
    }, firstEventTimeoutMs);
    try {
      const first = await iterator.next();
      if (!first.done && first.value.kind === 'started' && !late && !isEnding) return first.value;
      await iterator.return?.();
      if (late) throw tooLate();
      if (isEnding) throw stoppedBefore();
      throw isCancelled ? signal.reason : new ModelRuntimeError('A generation did not begin with its start.');
    } catch (error) {
      listenNoMore();
      throw isEnding && !isCancelled ? stoppedBefore() : error;
    } finally {
      clearTimeout(waiting);
    }
  }

  async function* events(): AsyncGenerator<GenerationText> {
    try {
      for (;;) {
        const next: IteratorResult<GenerationEvent> = await iterator.next().catch((error: unknown) => {
          throw failure ?? error;
        });
        if (failure) throw failure;
        if (next.done) break;
        const event = next.value;
        if (event.kind === 'finished') finish(event);
        else if (event.kind === 'text' && take(event)) yield event;
      }
      if (reasons.includes(undefined)) throw new ModelRuntimeError('A generation ended before its choices.');
    } finally {
      clearTimeout(timer);
      listenNoMore();
      stopping.abort();
      await iterator.return?.();
    }
  }

  function take(event: GenerationText): boolean {
    if (isFull) return false;
    if (!fits(total() + event.tokens)) {
      isFull = true;
      stopping.abort();
      return false;
    }
    made[event.choice] = (made[event.choice] ?? 0) + event.tokens;
    return true;
  }

  /**
   * What is billed: more than was told on the way where a text never came (the end of a stop sequence), less where an
   * engine that counts at the end alone made several pieces of a token.
   */
  function finish({ choice, reason, outputTokens }: GenerationFinished) {
    if (reason === 'cancelled' && isEnding) isCut = true;
    reasons[choice] = reason === 'cancelled' || isFull ? 'length' : reason;
    const more = outputTokens - (made[choice] ?? 0);
    if (more <= 0 || (!isFull && fits(total() + more))) made[choice] = outputTokens;
  }

  function fits(outputTokens: number): boolean {
    const { inputTokens } = started;
    return (
      inputTokens + outputTokens <= held.units &&
      priceMicroUsd('text-generation', inputTokens, outputTokens) <= held.microUsd
    );
  }

  function total(): number {
    return made.reduce((sum, tokens) => sum + tokens, 0);
  }

  return {
    started,
    get outputTokens() {
      return total();
    },
    get isCancelled() {
      return isCancelled;
    },
    get cutBy() {
      return isCut && !isCancelled ? stoppedWithin() : null;
    },
    get reasons() {
      return reasons.map((reason) => reason ?? 'length');
    },
    events,
    limitTo(given) {
      held = given;
    },
    stop,
    fail(error) {
      failure ??= error;
      stopping.abort();
    },
  };
}

function tooLate(): DomainError {
  return new DomainError('overloaded', 'The model did not begin in time. Try again.', {
    retryAfterMs: 1_000,
  });
}
