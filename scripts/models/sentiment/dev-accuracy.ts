import * as tf from '@tensorflow/tfjs-core';
import { accuracyTwoClass, type Judged, macroRecall } from '#scripts/evaluate/measures/measures.ts';
import { paddedBatch, type TokenisedTexts, tokenCounts } from '#workers/fine-tuning/train/padded-batch.ts';
import { type Forward, weightsByName } from '#workers/fine-tuning/train/train-text-classifier.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { LabelledText } from './sentiment-data.ts';

const BATCH_ROWS = 128;

/** The customary measure of each dev source, of the weights as they are in training. */
export function devAccuracy(
  forward: Forward,
  weights: ReadonlyMap<string, tf.Tensor>,
  texts: TokenisedTexts,
  rows: readonly LabelledText[],
): Record<string, number> {
  const judged = judge(forward, weights, texts, rows);
  const of = (source: string) => judged.filter((_, row) => rows[row]?.source === source);
  return {
    'sst-sentence two-class accuracy': accuracyTwoClass(of('sst-sentence')),
    'tweeteval macro recall': macroRecall(of('tweeteval')),
    'goemotions macro recall': macroRecall(of('goemotions')),
  };
}

function judge(
  forward: Forward,
  weights: ReadonlyMap<string, tf.Tensor>,
  texts: TokenisedTexts,
  rows: readonly LabelledText[],
): Judged[] {
  const lengths = tokenCounts(texts);
  const order = Uint32Array.from(rows.keys()).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  const judged: Judged[] = [];
  for (let start = 0; start < order.length; start += BATCH_ROWS) {
    const part = order.subarray(start, start + BATCH_ROWS);
    const scores = tf.tidy(() => {
      const logits = forward(tensorflowOps(), weightsByName(weights), paddedBatch(texts, part));
      return tf.softmax(logits).arraySync() as number[][];
    });
    part.forEach((row, index) => {
      judged[row] = { label: rows[row]?.label ?? 0, scores: scores[index] ?? [] };
    });
  }
  return judged;
}
