import type { Abstention } from '../measures/abstention.ts';
import type { Estimate } from '../measures/measures.ts';
import type { FairnessGap } from '../texts/fairness.ts';
import type { Latency } from '../texts/measure-latency.ts';

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
  /** What trained it, and with which settings. */
  readonly engine: string;
  readonly settings: Readonly<Record<string, number | string>>;
  readonly data: readonly SourceMetric[];
  /** Expected calibration error on dev rows that fitted nothing. */
  readonly ece: { readonly value: number; readonly bins: number; readonly n: number };
  /** Share of dev rows with the label that the same weights in 32-bit floats give. */
  readonly floatAgreement: { readonly value: number; readonly n: number };
  /** Sets that hold the right label with the stated coverage; measured on rows that did not fit them. */
  readonly predictionSets: readonly {
    readonly stated: number;
    readonly coverage: number;
    readonly size: number; // mean labels in a set
  }[];
  /** Withholding what is unsure until the rest is right so often; measured on rows that did not choose it. */
  readonly abstention: readonly (Abstention & { readonly wanted: number })[];
  readonly fairness: readonly FairnessGap[];
  /** Of sentences that only say who someone is. */
  readonly identityTerms: {
    readonly n: number;
    readonly negative: number; // share called negative
    readonly worst: readonly { readonly phrase: string; readonly score: number }[];
  };
  readonly robustness: readonly {
    readonly change: string;
    readonly n: number;
    readonly before: number;
    readonly after: Estimate;
    readonly drop: Estimate;
  }[];
  readonly negation: { readonly n: number; readonly plain: number; readonly negated: number };
  /** Small models from nothing, trained on the same rows by the same loop; empty where they were not. */
  readonly comparison: readonly ComparedModel[];
  readonly ladder: readonly LadderFigures[];
  /** What has to be known to read it. */
  readonly ladderNote?: string | undefined;
  readonly latency: Latency;
  readonly sizeBytes: number;
}

export interface ComparedModel {
  readonly name: string;
  readonly parameters: number;
  /** Processor time of its training, over all threads. */
  readonly cpuMinutes: number;
  readonly figures: Readonly<Record<string, number>>;
}

/** `int8-distilled` has half of the layers; the others are all of the weights. */
export type LadderName = 'float32' | 'float16' | 'int8' | 'int8-distilled';

/** One way to store the model, and what it costs. */
export interface LadderFigures {
  readonly precision: LadderName;
  readonly sizeBytes: number;
  readonly accuracy: number; // over all dev rows
  /** Share of dev rows with the label that 32 bits give. */
  readonly agreement: number;
  /** The customary measure of each source. */
  readonly sources: Readonly<Record<string, number>>;
  /** Processor time of a text of 16 tokens alone. */
  readonly cpuMs: number;
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
