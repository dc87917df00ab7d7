import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { UNCALIBRATED } from '#scripts/models/calibrate.ts';
import { describeEngine, EngineError, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { attentionRollout } from '#workers/fine-tuning/explain/attention-rollout.ts';
import {
  type EmbeddedClassifier,
  gradientTimesInput,
} from '#workers/fine-tuning/explain/gradient-times-input.ts';
import { oneText } from '#workers/fine-tuning/explain/one-text.ts';
import { describeModel, ModelFolderError, readJson } from '#workers/model-runtime/onnx/model-folder.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/text-tokenizer.ts';
import { bertClassifier } from '#workers/model-zoo/bert-classifier.ts';
import { ModelConfigError, parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors, SafetensorsError } from '#workers/model-zoo/safetensors.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';

const USAGE = `npm run explain -- FOLDER TEXT [--method gradient-x-input | attention] [--label NAME]

FOLDER   a BERT classifier with its weights (model.safetensors), as train:sentiment writes it
--method gradient-x-input: what each token does for the label's logit, to first order (the default)
         attention: where the first token's state comes from; a view of the model, not an explanation
--label  the most probable one when left out

Occlusion, LIME and SHAP need no weights: POST /v1/explanations.`;
const BAR_WIDTH = 24;

class UsageError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { method: { type: 'string', default: 'gradient-x-input' }, label: { type: 'string' } },
  });
  const [folder, text] = positionals;
  if (!folder || !text || !['gradient-x-input', 'attention'].includes(values.method)) {
    throw new UsageError(USAGE);
  }
  if (!existsSync(join(folder, 'model.safetensors'))) {
    throw new UsageError(
      `${folder} has no model.safetensors: this method needs a model's weights.\n\n${USAGE}`,
    );
  }
  console.log(`engine: ${describeEngine(await startEngine(wantedEngine(process.env.ENGINE)))}`);
  const { model, labels, vocabulary, tokenIds } = await open(folder, text);
  if (values.method === 'attention') {
    console.log('attention (rollout): a view of the model, not an explanation of its answer');
    show(tokenIds, vocabulary, attentionRollout(model, tokenIds));
    return;
  }
  const label = values.label ? labels.indexOf(values.label) : mostProbable(model, tokenIds);
  if (label < 0) throw new UsageError(`--label is one of ${labels.join(', ')}.`);
  console.log(`gradient x input, for the logit of ${labels[label]}`);
  show(tokenIds, vocabulary, gradientTimesInput(model, tokenIds, label));
}

async function open(folder: string, text: string) {
  const { labels, contextTokens } = await describeModel(folder, UNCALIBRATED);
  const config = parseBertConfig(await readJson(folder, 'config.json'));
  const weights = tensorflowWeights(
    checkpointWeights(readSafetensors(readFileSync(join(folder, 'model.safetensors')))),
  );
  const model: EmbeddedClassifier = {
    forward: (ops, inputs) => bertClassifier(ops, config, weights, inputs, { labels: labels.length }),
    width: config.hiddenSize,
  };
  const tokenizer = await loadTextTokenizer(folder);
  const tokenIds = tokenizer.wrap(tokenizer.tokenize(text).slice(0, contextTokens));
  const { model: wordPiece } = (await readJson(folder, 'tokenizer.json')) as {
    model: { vocab: Record<string, number> };
  };
  const vocabulary = new Map(Object.entries(wordPiece.vocab).map(([token, id]) => [id, token]));
  return { model, labels, vocabulary, tokenIds };
}

function mostProbable({ forward }: EmbeddedClassifier, tokenIds: readonly number[]): number {
  return tf.tidy(() => {
    const logits = [...forward(tensorflowOps(), oneText(tokenIds)).dataSync()];
    return logits.indexOf(Math.max(...logits));
  });
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

try {
  await main();
} catch (error) {
  const kinds = [UsageError, EngineError, ModelFolderError, ModelConfigError, SafetensorsError];
  if (!kinds.some((kind) => error instanceof kind)) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
}
