import type { Estimate } from './measures.ts';

/** `metrics.json` of a model folder: what its card says in numbers, and what the product shows. */
export interface SentimentMetrics {
  /** As sold: `sentiment-1`. */
  readonly id: string;
  readonly task: 'sentiment';
  /** As on every usage row: `sentiment-1@f83b69c1`. */
  readonly version: string;
  /** SHA-256 over the files that decide an answer. */
  readonly digest: string;
  readonly trainedAt: string;
  readonly trainedRows: number;
  readonly settings: Readonly<Record<string, number>>;
  readonly data: readonly SourceMetric[];
  /** Expected calibration error on dev rows that fitted nothing. */
  readonly ece: { readonly value: number; readonly bins: number; readonly n: number };
  /** Share of dev rows with the label that the base in 32-bit floats gives under the same head. */
  readonly floatAgreement: { readonly value: number; readonly n: number };
  /** One text at a time, tokenising included. */
  readonly latency: {
    /** Processor time a text, which other work on the machine hardly changes. */
    readonly cpuMs: number;
    /** Median time on the clock, which it does. */
    readonly p50Ms: number;
    readonly tokens: number;
    readonly threads: number;
    readonly processor: string;
  };
  readonly sizeBytes: number;
}

/** A measure on one source of dev rows, with 95 % bootstrap intervals. */
export interface SourceMetric extends Estimate {
  readonly source: string;
  readonly metric: string;
  readonly n: number;
  /** A bag of words trained on the same rows. */
  readonly baseline: Estimate;
  /** The model less the bag of words, over the same resamples. */
  readonly difference: Estimate;
}
