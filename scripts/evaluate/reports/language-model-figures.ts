import type { Engine } from '#workers/fine-tuning/engine/engine.ts';
import type { LanguageEvaluation } from '../language-models/evaluate-language.ts';
import type { LanguageReport } from './language-report.ts';

/** `training.json` of a language model that was trained from nothing. */
export interface TrainingRecord {
  readonly settings: {
    readonly seed: number;
    readonly steps: number;
    readonly batchRows: number;
    readonly contextTokens: number;
    readonly vocabularySize: number;
    readonly learningRate: number;
    readonly products: string;
  };
  readonly engine: Engine;
  readonly parameters: number;
  readonly corpusBytes: number;
  readonly corpusTokens: number;
  readonly tokensSeen: number;
  readonly trainedAt: string;
  readonly curve: readonly {
    readonly step: number;
    readonly loss: number;
    readonly devBitsPerByte: number;
  }[];
}

export interface TrainedLanguageModel {
  readonly name: string;
  readonly training: TrainingRecord;
  readonly report: LanguageReport;
  readonly sample: string;
}

export interface LanguageModelFigures {
  readonly testNovel: string;
  readonly devNovel: string;
  readonly characters: number;
  readonly bytes: number;
  readonly models: readonly TrainedLanguageModel[];
  readonly smollm2: LanguageEvaluation;
  /** Bits per byte: of the same text, and of the whole novel, of which xz learns more. */
  readonly xz: {
    readonly version: string;
    readonly text: number;
    readonly novel: number;
    readonly novelBytes: number;
  };
  readonly prompt: string;
}
