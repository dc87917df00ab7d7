import type { Estimate } from '../measures/measures.ts';

/** `metrics.json` of the image model: what its card says in numbers, and what the product shows. */
export interface ImageMetrics {
  readonly id: string;
  readonly task: 'image-classification';
  readonly version: string;
  /** SHA-256 over the files that decide an answer. */
  readonly digest: string;
  /** Null: brought in trained. */
  readonly engine: string | null;
  readonly trainedAt: string | null;
  readonly classes: number;
  /** Share of pictures with the label that the same weights in 32-bit floats give. */
  readonly floatAgreement: Estimate;
  readonly floatAgreementRows: number;
  /** What the same weights reach in each precision. `agreement`: as `floatAgreement`. */
  readonly ladder: readonly {
    readonly precision: 'float32' | 'float16' | 'int8';
    readonly sizeBytes: number;
    readonly agreement: Estimate;
    readonly cpuMs: number;
  }[];
  /** Of linear layers on its features, trained on classes that are not its own. */
  readonly transfer: readonly {
    readonly data: string;
    readonly perClass: number;
    readonly accuracy: number;
    readonly n: number;
  }[];
  /** Share of pictures that keep their label when they are changed. */
  readonly steadiness: readonly { readonly change: string; readonly n: number; readonly same: Estimate }[];
  readonly latency: { readonly cpuMs: number; readonly p50Ms: number; readonly processor: string };
  /** Of the graph that is served. */
  readonly sizeBytes: number;
}
