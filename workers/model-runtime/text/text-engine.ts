import type { Prompt, Sampling } from '../text-generator.ts';

/**
 * An engine that writes texts token by token, as the loop drives it: so many sequences, each with a cache of what it
 * has read, which go on together in steps. Only one step runs at a time.
 */
export interface TextEngine {
  readonly limits: EngineLimits;
  /** What the chat template puts before anything that a customer says: no secret, so all may share it. */
  readonly preamble: readonly number[];
  /**
   * At least one token. What a customer says never becomes a token of the template's, nor a part of another one's. Throws
   * TemplateRefusedError.
   */
  tokensOf(prompt: Prompt): readonly number[];
  isToken(token: number): boolean;
  /** Whether it ends a text. */
  isEnd(token: number): boolean;
  /** Bytes that are no whole character are U+FFFD. */
  textOf(tokens: readonly number[]): string;
  /** Of one token, as it stands in the vocabulary. */
  bytesOf(token: number): Uint8Array;
  openSampler(settings: SamplerSettings): EngineSampler;
  /** Reads the parts' tokens into the caches of their sequences and draws the next token of those that have a sampler. */
  step(parts: readonly StepPart[]): Promise<readonly (DrawnToken | null)[]>;
  /** Drops what a sequence's cache holds from this position on. */
  forget(sequence: number, position: number): void;
  /** Makes the cache of one sequence that of another. */
  copy(from: number, to: number): Promise<void>;
}

/** The model's chat template has no words for these messages: a role, or their order. */
export class TemplateRefusedError extends Error {
  override readonly name = 'TemplateRefusedError';
}

export interface EngineLimits {
  readonly sequences: number;
  /** Of one sequence. */
  readonly contextTokens: number;
  /** Of one step, over all sequences. */
  readonly stepTokensMax: number;
  /** No token of a text stands for more bytes. */
  readonly tokenBytesMax: number;
}

export interface SamplerSettings extends Sampling {
  readonly outputTokensMax: number;
  /** In GBNF (llama.cpp's grammars/README.md). Null: any text. */
  readonly grammar: string | null;
}

export interface EngineSampler {
  close(): void;
}

export interface StepPart {
  readonly sequence: number;
  /** By its name; null: the model as it is. What a sequence has read stands for one alone. */
  readonly adapter: string | null;
  /** Of the first token, in the sequence. */
  readonly position: number;
  readonly tokens: readonly number[];
  /** Null: the prompt goes on. */
  readonly sampler: EngineSampler | null;
  /** How many alternatives of the token that is drawn are wanted, 0 for it alone. Null: none. */
  readonly logprobs: number | null;
}

export interface DrawnToken {
  readonly token: number;
  readonly logprobs: {
    readonly chosen: number;
    readonly alternatives: readonly (readonly [token: number, logprob: number])[];
  } | null;
}
