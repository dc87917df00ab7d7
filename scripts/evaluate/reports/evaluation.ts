import type { FoldFigures } from '../texts/cross-validate-bag-of-words.ts';
import type { Report } from './report.ts';

/** What `npm run evaluate` says of a model on data; `--json` writes it. */
export interface Evaluation {
  readonly model: string;
  /** SHA-256 over the files that decide an answer. */
  readonly digest: string;
  readonly data: string;
  readonly labels: readonly string[];
  readonly all: Report & {
    /** Median time of an input alone: a text of 16 tokens, or one of the pictures with its decoding. */
    readonly msP50: number;
    readonly sizeBytes: number;
    /** Of pictures. */
    readonly top5?: number;
  };
  readonly sources: Readonly<Record<string, Report>>;
  /** Cross-validated on the same rows, where it was asked for. */
  readonly bagOfWords?: FoldFigures | undefined;
}
