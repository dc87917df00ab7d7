import type { PunctuationFigures } from '../language-models/punctuation-measures.ts';

/** What `metrics.json` of the adapter holds. */
export interface LoraMetrics {
  readonly id: string;
  readonly task: 'text-generation';
  readonly version: string;
  readonly base: string;
  readonly sizeBytes: number;
  readonly training: {
    readonly rows: number;
    readonly rank: number;
    readonly alpha: number;
    readonly targets: readonly string[];
    readonly epochs: number;
    readonly batchRows: number;
    readonly learningRate: number;
    readonly engine: string;
    readonly trainedAt: string;
  };
  readonly heldOutRows: number;
  readonly figures: {
    readonly rule: PunctuationFigures;
    readonly base: PunctuationFigures;
    readonly adapter: PunctuationFigures;
  };
  readonly examples: readonly LoraExample[];
}

export interface LoraExample {
  readonly asked: string;
  readonly expected: string;
  readonly base: string;
  readonly adapter: string;
}
