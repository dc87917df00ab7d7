import type { JudgedInstruction } from '../language-models/judge-instructions.ts';

/** What `workers/models/text-generation/metrics.json` holds. */
export interface TextMetrics {
  readonly id: string;
  readonly task: 'text-generation';
  readonly version: string;
  readonly engine: null;
  readonly trainedAt: null;
  readonly sizeBytes: number;
  readonly contextTokens: number;
  readonly language: readonly LanguageFigures[];
  readonly instructions: readonly JudgedInstruction[];
  /** Answers to questions with a known answer, right and wrong ones, as they were given. */
  readonly examples: readonly {
    readonly question: string;
    readonly answer: string;
    readonly right: boolean;
  }[];
  readonly speed: {
    readonly processor: string;
    readonly streams: readonly { readonly streams: number; readonly tokensPerS: number }[];
    readonly firstTokenMs: number;
    readonly residentBytes: number;
  };
}

export interface LanguageFigures {
  readonly text: string;
  readonly weights: string;
  readonly tokens: number;
  readonly perplexity: number;
  readonly bitsPerByte: number;
}
