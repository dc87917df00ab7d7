import type * as tf from '@tensorflow/tfjs-core';
import { paddedBatch, type TokenisedTexts } from './padded-batch.ts';

/** Prompts with their answers, each pair the tokens of one text. */
export interface AnsweredPrompts {
  readonly texts: TokenisedTexts;
  /** By row: so many of its first tokens are the prompt. At least one. */
  readonly promptTokens: Uint32Array;
}

export interface AnsweredBatch {
  readonly tokenIds: tf.Tensor;
  readonly mask: tf.Tensor;
  /** The tokens that an answer's token follows, counted through row after row, and what follows there. */
  readonly places: Int32Array;
  readonly answers: Int32Array;
}

/** The prompt is read and not learnt: only the tokens of the answers are asked for. */
export function answeredBatch({ texts, promptTokens }: AnsweredPrompts, rows: Uint32Array): AnsweredBatch {
  const { tokenIds, mask } = paddedBatch(texts, rows);
  const length = tokenIds.shape[1] ?? 0;
  const places: number[] = [];
  const answers: number[] = [];
  rows.forEach((row, index) => {
    const start = texts.starts[row] ?? 0;
    const end = texts.starts[row + 1] ?? 0;
    for (let at = promptTokens[row] ?? 0; start + at < end; at++) {
      places.push(index * length + at - 1);
      answers.push(texts.ids[start + at] ?? 0);
    }
  });
  return { tokenIds, mask, places: Int32Array.from(places), answers: Int32Array.from(answers) };
}
