import type { Engine } from '#workers/fine-tuning/engine/engine.ts';
import type { ImagePrecision } from '#workers/model-zoo/export-image-classifier.ts';
import type { Abstention } from '../measures/abstention.ts';
import type { Estimate } from '../measures/measures.ts';
import type { ImageMetrics } from './image-metrics.ts';

/** `training.json`, which `train:cifar10` writes and `export:cifar10` brings along. */
export interface Cifar10Training {
  readonly settings: {
    readonly epochs: number;
    readonly batchRows: number;
    readonly learningRate: number;
    readonly optimizer: {
      readonly momentum: number;
      readonly weightDecay: number;
      readonly biasRate: number;
    };
    readonly seed: number;
    readonly convolutions: string;
    readonly augmentation: { readonly shift: number; readonly cutout: number };
    readonly labelSmoothing: number;
    readonly statistics: {
      readonly mean: readonly [number, number, number];
      readonly std: readonly [number, number, number];
    };
  };
  readonly engine: Engine;
  readonly pictures: number;
  readonly trainedAt: string;
  readonly testAccuracy: number; // in TensorFlow.js
}

/** `metrics.json` of the small network. */
export interface Cifar10Metrics {
  readonly id: string;
  readonly task: 'image-classification';
  readonly version: string;
  readonly digest: string;
  readonly engine: string;
  readonly trainedAt: string;
  readonly trainedPictures: number;
  readonly settings: Cifar10Training['settings'];
  readonly parameters: number;
  /** On all test pictures, on the file that ships. */
  readonly accuracy: Estimate;
  /** By the mean of the scores of each picture and of its mirror image: twice the time. */
  readonly mirroredToo: Estimate;
  readonly n: number;
  /**
   * The same weights in each precision, on the test pictures. `agreement`: share of pictures with the label that 32 bits
   * give. `cpuMs`: a picture, decoding included.
   */
  readonly ladder: readonly {
    readonly precision: ImagePrecision;
    readonly sizeBytes: number;
    readonly accuracy: number;
    readonly agreement: Estimate;
    readonly cpuMs: number;
  }[];
  readonly recalls: Readonly<Record<string, number | null>>;
  readonly ece: number;
  readonly abstention: readonly (Abstention & { readonly wanted: number })[];
  readonly robustness: readonly {
    readonly change: string;
    readonly n: number;
    readonly before: number;
    readonly after: Estimate;
  }[];
  /** With the smallest filters at 0 and new statistics, and no more training; in TensorFlow.js. */
  readonly pruned: readonly { readonly share: number; readonly accuracy: number }[];
  /** Null where it was not trained. */
  readonly plain: {
    readonly parameters: number;
    readonly epochs: number;
    readonly accuracy: number;
  } | null;
  readonly latency: ImageMetrics['latency'];
  readonly sizeBytes: number;
}
