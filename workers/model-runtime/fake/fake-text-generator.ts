import { ModelRuntimeError } from '../model-runtime.ts';
import {
  type GenerationEvent,
  type GenerationInput,
  type GenerationOptions,
  GenerationQueueFullError,
  GenerationRefusedError,
  type Prompt,
  type TextGenerator,
  type TokenLogprob,
} from '../text-generator.ts';
import { delay } from './delay.ts';

export interface FakeTextGeneratorOptions {
  readonly id?: string;
  /** False: `generations` stays empty, for a process that serves it for long. */
  readonly keepsInputs?: boolean;
  /** Time that each step takes: one token for each choice that goes on. */
  readonly tokenMs?: number;
  readonly contextTokens?: number;
  readonly waitingMax?: number;
  readonly templateTokens?: number;
  readonly templateTokensPerMessage?: number;
  /** The tokens of an answer; those after the last one are the end of the text. */
  readonly answerOf?: (prompt: string, choice: number) => readonly string[];
  /** After so many tokens it fails, as a compute process that died would. */
  readonly failAfter?: (prompt: string) => number | undefined;
  readonly queueIsFull?: () => boolean;
}

export interface FakeTextGenerator extends TextGenerator {
  /** Every generation that was started, oldest first, unless `keepsInputs` is false. */
  readonly generations: readonly GenerationInput[];
  /** Those that have not ended. */
  readonly running: number;
}

/** Numbers that a token can have: logitBias of others is refused. */
const VOCABULARY_SIZE = 49_152;

interface Choice {
  readonly tokens: readonly string[];
  made: number;
  /** Characters that are made and were not given out, since they may begin a stop sequence. */
  kept: string;
  keptTokens: number;
  keptLogprobs: TokenLogprob[];
  ended: boolean;
}

/**
 * Test double with the whole contract of a model that writes texts and no model: each word of a prompt counts one token,
 * and what it answers follows from the prompt, the seed and the choice: as many words as the number that a prompt ends
 * with, otherwise twelve.
 */
export function fakeTextGenerator(options: FakeTextGeneratorOptions = {}): FakeTextGenerator {
  const id = options.id ?? 'text-1';
  const limits = {
    contextTokens: options.contextTokens ?? 2_048,
    templateTokens: options.templateTokens ?? 3,
    templateTokensPerMessage: options.templateTokensPerMessage ?? 4,
    waitingMax: options.waitingMax ?? 256,
  };
  const generations: GenerationInput[] = [];
  let running = 0;
  let closed = false;

  async function* generate(input: GenerationInput, { signal }: GenerationOptions) {
    if (signal.aborted) return;
    if (closed) throw new ModelRuntimeError('The model is closed.');
    if (options.queueIsFull?.()) throw new GenerationQueueFullError('Too many wait.');
    refuseUnknownTokens(input);
    const given = countTokens(input.prompt, limits);
    const tooLong = given >= limits.contextTokens;
    if (tooLong && !input.truncate) {
      const { contextTokens } = limits;
      throw new GenerationRefusedError({ refused: 'input_too_long', tokens: given, contextTokens });
    }
    const inputTokens = tooLong ? limits.contextTokens >> 1 : given;
    if (options.keepsInputs ?? true) generations.push(input);
    running++;
    try {
      yield { kind: 'started', inputTokens, cachedTokens: 0, truncated: tooLong } as const;
      yield* write(input, inputTokens, signal);
    } finally {
      running--;
    }
  }

  async function* write(
    input: GenerationInput,
    inputTokens: number,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent> {
    const prompt = lastText(input.prompt);
    const outputMax = Math.min(input.outputTokensMax, limits.contextTokens - inputTokens);
    const failAfter = options.failAfter?.(prompt) ?? Number.POSITIVE_INFINITY;
    const choices = Array.from({ length: input.choices }, (_, choice): Choice => {
      const tokens = options.answerOf?.(prompt, choice) ?? answerOf(input, prompt, choice);
      return { tokens, made: 0, kept: '', keptTokens: 0, keptLogprobs: [], ended: false };
    });
    for (let step = 0; choices.some((choice) => !choice.ended); step++) {
      // Aborted while it sleeps, it goes on at once to end each choice.
      await delay(options.tokenMs ?? 0, signal).catch(() => {});
      if (step >= failAfter) throw new ModelRuntimeError('The fake model was told to fail.');
      for (const [i, choice] of choices.entries()) {
        if (choice.ended) continue;
        if (signal.aborted) yield end(choice, i, 'cancelled');
        else yield* makeToken(input, choice, i, outputMax);
      }
    }
  }

  function* makeToken(
    input: GenerationInput,
    choice: Choice,
    i: number,
    outputMax: number,
  ): Generator<GenerationEvent> {
    const token = choice.tokens[choice.made];
    if (choice.made >= outputMax) {
      yield* giveOut(input, choice, i, choice.kept.length);
      yield end(choice, i, 'length');
      return;
    }
    if (token === undefined) {
      yield* giveOut(input, choice, i, choice.kept.length);
      yield end(choice, i, 'stop');
      return;
    }
    choice.made++;
    choice.keptTokens++;
    choice.kept += token;
    if (input.logprobs !== null) choice.keptLogprobs.push(logprobOf(token, input.logprobs));
    const stopAt = firstStop(choice.kept, input.stop);
    if (stopAt !== null) {
      yield* giveOut(input, choice, i, stopAt);
      yield end(choice, i, 'stop');
      return;
    }
    yield* giveOut(input, choice, i, choice.kept.length - beginningOfStop(choice.kept, input.stop));
  }

  /** Tokens are counted when they are made, also where their text is held back. */
  function* giveOut(
    input: GenerationInput,
    choice: Choice,
    i: number,
    characters: number,
  ): Generator<GenerationEvent> {
    const text = choice.kept.slice(0, characters);
    if (text === '' && choice.keptTokens === 0) return;
    let covered = 0;
    const whole = choice.keptLogprobs.filter(({ token }) => (covered += token.length) <= text.length);
    choice.keptLogprobs.splice(0, whole.length);
    yield {
      kind: 'text',
      choice: i,
      text,
      tokens: choice.keptTokens,
      logprobs: input.logprobs === null ? null : whole,
    };
    choice.kept = choice.kept.slice(characters);
    choice.keptTokens = 0;
  }

  return {
    model: { id, version: `${id}@fake0000`, tasks: ['text-generation'] },
    limits,
    generations,
    get running() {
      return running;
    },
    generate,
    ready: async () => {},
    close: async () => {
      closed = true;
      while (running > 0) await delay(5);
    },
  };
}

function end(choice: Choice, i: number, reason: 'stop' | 'length' | 'cancelled'): GenerationEvent {
  choice.ended = true;
  return { kind: 'finished', choice: i, reason, outputTokens: choice.made };
}

function refuseUnknownTokens({ sampling }: GenerationInput): void {
  const unknown = sampling.logitBias.find(([token]) => token >= VOCABULARY_SIZE);
  if (unknown) throw new GenerationRefusedError({ refused: 'unknown_token', token: unknown[0] });
}

function countTokens(
  prompt: Prompt,
  limits: { readonly templateTokens: number; readonly templateTokensPerMessage: number },
): number {
  if (prompt.kind === 'text') return words(prompt.text);
  return prompt.messages.reduce(
    (sum, { content }) => sum + words(content) + limits.templateTokensPerMessage,
    limits.templateTokens,
  );
}

function words(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

function lastText(prompt: Prompt): string {
  return prompt.kind === 'text' ? prompt.text : (prompt.messages.at(-1)?.content ?? '');
}

const WORDS = [
  'owl',
  'river',
  'lamp',
  'seven',
  'north',
  'paper',
  'quiet',
  'copper',
  'island',
  'thread',
] as const;

function answerOf({ format, sampling }: GenerationInput, prompt: string, choice: number): readonly string[] {
  let state = (sampling.seed + choice) >>> 0;
  for (const character of prompt) state = (Math.imul(state, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  const length = Number(/\d{1,4}$/.exec(prompt)?.[0] ?? 12);
  const chosen = Array.from({ length }, (_, i) => WORDS[(state + i * 7) % WORDS.length] ?? WORDS[0]);
  if (format.kind !== 'text') return ['{"', 'answer', '":"', ...chosen.slice(0, 2), '"}'];
  return chosen.map((word, i) => (i === 0 ? word : ` ${word}`));
}

function logprobOf(token: string, alternatives: number): TokenLogprob {
  const of = (text: string, rank: number) => ({
    token: text,
    bytes: [...Buffer.from(text)],
    logprob: -(rank + 1) / 4,
  });
  const others = Array.from({ length: alternatives }, (_, rank) =>
    of(rank === 0 ? token : `${token}${rank}`, rank),
  );
  const id = [...token].reduce(
    (sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % VOCABULARY_SIZE,
    7,
  );
  return { id, ...of(token, 0), alternatives: others };
}

function firstStop(text: string, stop: readonly string[]): number | null {
  const places = stop.map((sequence) => text.indexOf(sequence)).filter((place) => place >= 0);
  return places.length === 0 ? null : Math.min(...places);
}

/** How many of the last characters may be the beginning of a stop sequence. */
function beginningOfStop(text: string, stop: readonly string[]): number {
  let longest = 0;
  for (const sequence of stop) {
    for (let length = Math.min(sequence.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(sequence.slice(0, length))) longest = length;
    }
  }
  return longest;
}
