import { setImmediate as breathe } from 'node:timers/promises';
import { createDenyList, type DenyList, isDenied } from '#server/domain/safety/deny-list.ts';
import type { SafetyPolicy } from '#server/domain/safety/safety-policy.ts';
import {
  type GenerationEvent,
  type GenerationFinished,
  type GenerationInput,
  type GenerationOptions,
  GenerationRefusedError,
  type GenerationText,
  type Prompt,
  type TextGenerator,
} from '#workers/model-runtime/text-generator.ts';
import type { AnswerGuard, Guarded } from './answer-guard.ts';
import { type CheckAnswer, createCheckGuard, inSeries } from './check-guard.ts';
import { createDenyGuard } from './deny-guard.ts';

export interface GuardOptions {
  readonly policy: Pick<SafetyPolicy, 'deniedInPrompts' | 'deniedInAnswers' | 'systemPrompt'>;
  /** In the name of a lane. Null: answers are not classified. */
  readonly checkFor: ((lane: string, signal: AbortSignal) => CheckAnswer) | null;
}

/** Between the operator's words and the customer's. */
const separator = '\n\n';

/** A model under the operator's policy. It stands below every path, so that none goes around it. */
export function guardedGenerator(inner: TextGenerator, options: GuardOptions): TextGenerator {
  const { policy, checkFor } = options;
  const { systemPrompt } = policy;
  const inPrompts = listOf(policy.deniedInPrompts);
  const inAnswers = listOf(policy.deniedInAnswers);
  if (!inPrompts && !inAnswers && !checkFor && systemPrompt === null) return inner;

  async function* generate(
    input: GenerationInput,
    given: GenerationOptions,
  ): AsyncGenerator<GenerationEvent> {
    if (inPrompts) await refuseDenied(inPrompts, input.prompt);
    const prompt = systemPrompt === null ? input.prompt : withSystemPrompt(systemPrompt, input.prompt);
    const ending = new AbortController();
    const signal = AbortSignal.any([given.signal, ending.signal]);
    const events = inner.generate({ ...input, prompt }, { ...given, signal });
    if (!inAnswers && !checkFor) return yield* events;

    const check = checkFor?.(given.lane, given.signal) ?? null;
    const choices = Array.from({ length: input.choices }, () => ({
      guard: guardOf(inAnswers, check),
      made: 0,
      isOver: false,
    }));
    try {
      for await (const event of events) {
        if (event.kind === 'started') {
          yield event;
          continue;
        }
        const choice = choices[event.choice];
        if (!choice || choice.isOver) continue;
        if (event.kind === 'text') choice.made += event.tokens;
        const guarded = await ask(choice.guard, event, given.signal);
        yield* told(event, guarded);
        if (!guarded.stopped && event.kind === 'text') continue;
        choice.isOver = true;
        yield guarded.stopped || event.kind === 'text' ? filtered(event, choice.made) : event;
        // The others go on; with none left the model need not.
        if (choices.every(({ isOver }) => isOver)) ending.abort();
      }
    } finally {
      ending.abort();
    }
  }

  return {
    model: inner.model,
    /** Asked for each time: an engine elsewhere tells its own when it is up, and may come back with others. */
    get limits() {
      const { templateTokens, ...limits } = inner.limits;
      const added =
        systemPrompt === null
          ? 0
          : Buffer.byteLength(systemPrompt + separator) + limits.templateTokensPerMessage;
      return { ...limits, templateTokens: templateTokens + added };
    },
    generate,
    ready: () => inner.ready(),
    close: () => inner.close(),
  };
}

function listOf(terms: readonly string[]): DenyList | null {
  return terms.length === 0 ? null : createDenyList(terms);
}

function guardOf(inAnswers: DenyList | null, check: CheckAnswer | null): AnswerGuard {
  const guards = [
    ...(inAnswers ? [createDenyGuard(inAnswers)] : []),
    ...(check ? [createCheckGuard(check)] : []),
  ];
  return guards.reduce(inSeries);
}

const nothing: Guarded = { pieces: [], stopped: false };

/** What is still held back of an answer that was cut off is not told; it is billed as far as it was made. */
async function ask(
  guard: AnswerGuard,
  event: GenerationText | GenerationFinished,
  signal: AbortSignal,
): Promise<Guarded> {
  if (event.kind === 'finished' && event.reason === 'cancelled') return nothing;
  try {
    return await (event.kind === 'text' ? guard.push(event) : guard.end());
  } catch (error) {
    if (signal.aborted) return nothing;
    throw error;
  }
}

/** Tokens are counted when they are made, also where their text is held back. */
function* told(event: GenerationText | GenerationFinished, { pieces }: Guarded): Generator<GenerationText> {
  const tokens = event.kind === 'text' ? event.tokens : 0;
  if (pieces.length === 0 && tokens === 0) return;
  const logprobs = pieces.flatMap((piece) => piece.logprobs ?? []);
  yield {
    kind: 'text',
    choice: event.choice,
    text: pieces.map(({ text }) => text).join(''),
    tokens,
    logprobs: pieces.some((piece) => piece.logprobs !== null) ? logprobs : null,
  };
}

function filtered(event: GenerationText | GenerationFinished, made: number): GenerationFinished {
  const outputTokens = event.kind === 'finished' ? event.outputTokens : made;
  return { kind: 'finished', choice: event.choice, reason: 'content_filter', outputTokens };
}

async function refuseDenied(list: DenyList, prompt: Prompt): Promise<void> {
  const texts = prompt.kind === 'text' ? [prompt.text] : prompt.messages.map(({ content }) => content);
  for (const text of texts) {
    if (isDenied(list, text)) throw new GenerationRefusedError({ refused: 'content_policy' });
    // A long conversation does not keep others waiting.
    await breathe();
  }
}

/** A chat alone has a place for it. */
function withSystemPrompt(systemPrompt: string, prompt: Prompt): Prompt {
  if (prompt.kind === 'text') return prompt;
  const [first, ...rest] = prompt.messages;
  if (first?.role !== 'system') {
    return { kind: 'chat', messages: [{ role: 'system', content: systemPrompt }, ...prompt.messages] };
  }
  return {
    kind: 'chat',
    messages: [{ role: 'system', content: systemPrompt + separator + first.content }, ...rest],
  };
}
