import type { Estimate } from '../measures/measures.ts';
import type { Latency } from '../texts/measure-latency.ts';

export type EmbeddingPrecision = 'float32' | 'int8';

/** What `workers/models/text-embedding/metrics.json` holds. */
export interface EmbeddingMetrics {
  readonly id: string;
  readonly task: 'embedding';
  readonly version: string;
  /** SHA-256 over the files that decide an answer. */
  readonly digest: string;
  /** Null: brought in trained. */
  readonly engine: null;
  readonly trainedAt: null;
  readonly dimensions: number;
  readonly contextTokens: number;
  /** Of the graph that is served. */
  readonly sizeBytes: number;
  /** The same weights in each precision, against 32 bits. */
  readonly ladder: readonly LadderRung[];
  readonly retrieval: readonly RetrievalFigures[];
  readonly latency: Latency;
}

export interface LadderRung {
  readonly precision: EmbeddingPrecision;
  readonly sizeBytes: number;
  readonly cpuMs: number;
  /** Null for the one that the others are held against. */
  readonly agreement: VectorAgreement | null;
}

export interface VectorAgreement {
  readonly texts: number;
  /** Of a text's two vectors: on average, and of the text in a thousand that fares worst. */
  readonly cosine: number;
  readonly cosineOfWorst: number;
  /** Spearman's, of the cosines of pairs of texts. */
  readonly rankCorrelation: number;
  /** Share of each text's ten nearest that are the same. */
  readonly neighbours: number;
}

/** Which of all passages goes on where a given one ends. */
export interface RetrievalFigures {
  readonly words: number;
  readonly passages: number;
  readonly by: 'bm25' | EmbeddingPrecision;
  readonly first: Estimate;
  readonly amongTen: Estimate;
}
