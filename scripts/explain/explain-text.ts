import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { UNCALIBRATED } from '#scripts/models/sentiment/calibrate.ts';
import { attentionRollout } from '#workers/fine-tuning/explain/attention-rollout.ts';
import {
  type EmbeddedClassifier,
  gradientTimesInput,
} from '#workers/fine-tuning/explain/gradient-times-input.ts';
import { oneText } from '#workers/fine-tuning/explain/one-text.ts';
import { probabilities } from '#workers/model-runtime/onnx/calibration.ts';
import { describeModel, readJson } from '#workers/model-runtime/onnx/model-folder.ts';
import { createTextReader } from '#workers/model-runtime/onnx/reading/text-reader.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/reading/text-tokenizer.ts';
import { bertClassifier } from '#workers/model-zoo/bert-classifier.ts';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { faithfulnessLine, faithfulnessOfValues } from './faithfulness-of-values.ts';
import { type ExplainOptions, UsageError } from './usage.ts';

const BAR_WIDTH = 24;

/**
 * A line a token: what it does for the label's logit, and how faithful that is; or how much of the first token's state comes
 * from it.
 */
export async function explainText(folder: string, text: string, options: ExplainOptions): Promise<void> {
  const { model, labels, vocabulary, tokenIds } = await open(folder, text);
  if (options.method === 'attention') {
    console.log('attention (rollout): a view of the model, not an explanation of its answer');
    show(tokenIds, vocabulary, attentionRollout(model, tokenIds));
    return;
  }
  const shares = sharesOf(model, tokenIds);
  const label =
    options.label === undefined ? shares.indexOf(Math.max(...shares)) : labels.indexOf(options.label);
  if (label < 0) throw new UsageError(`--label is one of ${labels.join(', ')}.`);
  const values = gradientTimesInput(model, tokenIds, label);
  console.log(`gradient x input, for the logit of ${labels[label]}: ${(shares[label] ?? 0).toFixed(4)}`);
  show(tokenIds, vocabulary, values);
  // The special tokens stay: without them it is no text that the model knows.
  const own = values.slice(1, -1);
  if (own.length === 0) return;
  const faithfulness = faithfulnessOfValues(own, (mask) => {
    const kept = tokenIds.filter((_, place) => mask[place - 1] ?? 1);
    return sharesOf(model, kept)[label] ?? 0;
  });
  console.log(faithfulnessLine(faithfulness));
}

async function open(folder: string, text: string) {
  const description = await describeModel(folder, UNCALIBRATED);
  const { labels } = description;
  const config = parseBertConfig(await readJson(folder, 'config.json'));
  const weights = tensorflowWeights(
    checkpointWeights(readSafetensors(readFileSync(join(folder, 'model.safetensors')))),
  );
  const model: EmbeddedClassifier = {
    forward: (ops, inputs) => bertClassifier(ops, config, weights, inputs, { labels: labels.length }),
    width: config.hiddenSize,
  };
  const [read] = createTextReader(description, await loadTextTokenizer(folder))([{ text, truncate: false }]);
  if (!read || !('ids' in read)) {
    throw new UsageError(
      `The text is longer than the ${description.contextTokens} tokens that the model reads.`,
    );
  }
  const { model: wordPiece } = (await readJson(folder, 'tokenizer.json')) as {
    model: { vocab: Record<string, number> };
  };
  const vocabulary = new Map(Object.entries(wordPiece.vocab).map(([token, id]) => [id, token]));
  return { model, labels, vocabulary, tokenIds: read.ids };
}

/** Probabilities of the labels, not calibrated: a folder that was just trained has no temperature. */
function sharesOf({ forward }: EmbeddedClassifier, tokenIds: readonly number[]): number[] {
  return probabilities(
    tf.tidy(() => forward(tensorflowOps(), oneText(tokenIds)).dataSync()),
    1,
  );
}

/** A line a token: its value, and a bar as long as it is large. */
function show(
  tokenIds: readonly number[],
  vocabulary: ReadonlyMap<number, string>,
  values: Float32Array,
): void {
  const greatest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  tokenIds.forEach((id, index) => {
    const value = values[index] ?? 0;
    const bar = (value < 0 ? '-' : '+').repeat(Math.round((Math.abs(value) / greatest) * BAR_WIDTH));
    console.log(`${(vocabulary.get(id) ?? String(id)).padEnd(16)} ${value.toFixed(4).padStart(9)}  ${bar}`);
  });
}
