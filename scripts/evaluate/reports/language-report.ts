import type { JudgedToken } from '../language-models/judge-next-tokens.ts';

/** What is said of a language model on a text. */
export interface LanguageReport {
  readonly tokens: number;
  readonly bytes: number;
  /** e to the mean surprise of a token: among how many tokens it seemed to choose. Depends on the vocabulary. */
  readonly perplexity: number;
  /** 95 %, from the standard error over stretches of tokens, which neighbours share. */
  readonly perplexityInterval: readonly [low: number, high: number];
  /** Surprise for each byte of UTF-8: to compare models with other vocabularies. */
  readonly bitsPerByte: number;
  /** How often the likeliest token is the one that follows. */
  readonly accuracy: number;
}

const STRETCH_TOKENS = 64;

/** `bytes`: of the tokens that were judged. */
export function languageReport(judged: readonly JudgedToken[], bytes: number): LanguageReport {
  const nats = judged.map((token) => token.nats);
  const average = mean(nats);
  const deviation = 1.96 * standardError(stretches(nats));
  return {
    tokens: judged.length,
    bytes,
    perplexity: Math.exp(average),
    perplexityInterval: [Math.exp(average - deviation), Math.exp(average + deviation)],
    bitsPerByte: (average * judged.length) / Math.LN2 / bytes,
    accuracy: mean(judged.map(({ id, choice }) => Number(id === choice))),
  };
}

function stretches(values: readonly number[]): number[] {
  const count = Math.floor(values.length / STRETCH_TOKENS);
  return Array.from({ length: count }, (_, index) =>
    mean(values.slice(index * STRETCH_TOKENS, (index + 1) * STRETCH_TOKENS)),
  );
}

function standardError(values: readonly number[]): number {
  if (values.length < 2) return Number.POSITIVE_INFINITY;
  const average = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
