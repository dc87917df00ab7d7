import path from 'node:path';
import type { Sampling } from '#workers/model-runtime/text-generator.ts';

/** Answers of one length to short chats that differ from one another. */
export interface WritingTask {
  readonly folder: string;
  readonly firstPart: string;
  readonly tokens: number;
  prompt(stream: number): string;
}

export const writingTask: WritingTask = {
  folder: path.resolve('workers/models/text-generation'),
  firstPart: 'SmolLM2-135M-Instruct-Q4_0-00001-of-00002.gguf',
  tokens: 128,
  prompt: (stream) => `${stream}. Write a story about a fox.`,
};

/** As most callers draw. The tokens that end a text are banned, so that every answer has its length. */
export function writingSampling(seed: number): Sampling {
  return {
    temperature: 0.8,
    topP: 0.95,
    topK: 40,
    minP: 0,
    seed,
    repetitionPenalty: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: [
      [0, -100],
      [2, -100],
    ],
  };
}
