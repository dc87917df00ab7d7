import { createHash } from 'node:crypto';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { exportClassifierHead, type HeadShape } from '#workers/model-zoo/classifier-head.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import type { InputRefusal, TextClassification, TextInput } from '../model-runtime.ts';
import { type Calibration, intervalOf, probabilities } from './calibration.ts';
import {
  describeModel,
  MODEL_FILES,
  type ModelDescription,
  ModelFolderError,
  readModelFile,
} from './model-folder.ts';
import { openSession } from './open-session.ts';
import { splitByLength } from './split-by-length.ts';
import { loadTextTokenizer, type TextTokenizer } from './text-tokenizer.ts';
import { encoderFeeds } from './token-batch.ts';

/** Runs stay this small so that a run's values stay in the processor's cache. */
const PADDED_TOKENS_MAX = 2048;

export interface OpenTextClassifier {
  classify(inputs: readonly TextInput[]): Promise<(TextClassification | InputRefusal)[]>;
}

/**
 * A text classifier in this thread: tokenizer, encoder and head of a model folder. `calibration` stands in for the
 * folder's own, for whoever is about to measure that.
 */
export async function openTextClassifier(
  folder: string,
  calibration?: Calibration,
): Promise<OpenTextClassifier> {
  const [description, tokenizer, encoderFile] = await Promise.all([
    describeModel(folder, calibration),
    loadTextTokenizer(folder),
    readModelFile(folder, MODEL_FILES.encoder),
  ]);
  const head = await openHead(folder, encoderFile, description.labels.length);
  const encoder = await openSession(encoderFile);
  return { classify: (inputs) => classify({ description, tokenizer, encoder, head }, inputs) };
}

interface Parts {
  readonly description: ModelDescription;
  readonly tokenizer: TextTokenizer;
  readonly encoder: InferenceSession;
  readonly head: InferenceSession;
}

async function classify(parts: Parts, inputs: readonly TextInput[]) {
  const { contextTokens } = parts.description;
  const outputs: (TextClassification | InputRefusal)[] = [];
  const accepted: { readonly position: number; readonly ids: number[]; readonly truncated: boolean }[] = [];
  inputs.forEach(({ text, truncate }, position) => {
    const ids = parts.tokenizer.tokenize(text);
    const truncated = ids.length > contextTokens;
    if (truncated && !truncate) {
      outputs[position] = { refused: 'input_too_long', tokens: ids.length, contextTokens };
      return;
    }
    accepted.push({ position, ids: truncated ? ids.slice(0, contextTokens) : ids, truncated });
  });
  const lengths = accepted.map(({ ids }) => ids.length + 2);
  for (const run of splitByLength(lengths, PADDED_TOKENS_MAX)) {
    const texts = run.flatMap((index) => accepted[index] ?? []);
    const logits = await logitsOf(
      parts,
      texts.map(({ ids }) => parts.tokenizer.wrap(ids)),
    );
    texts.forEach(({ position, ids, truncated }, row) => {
      outputs[position] = classification(parts.description, logits[row] ?? [], ids.length, truncated);
    });
  }
  return outputs;
}

async function logitsOf(
  { encoder, head }: Parts,
  texts: readonly (readonly number[])[],
): Promise<number[][]> {
  const { features } = await encoder.run(encoderFeeds(texts));
  const { logits } = await head.run({ features: features as Tensor });
  const values = logits?.data as Float32Array;
  const labels = values.length / texts.length;
  return texts.map((_, row) => [...values.subarray(row * labels, (row + 1) * labels)]);
}

function classification(
  { labels, calibration }: ModelDescription,
  logits: readonly number[],
  inputTokens: number,
  truncated: boolean,
): TextClassification {
  const shares = probabilities(logits, calibration.temperature);
  const score = Math.max(...shares);
  return {
    scores: Object.fromEntries(labels.map((label, index) => [label, shares[index] ?? 0])),
    label: labels[shares.indexOf(score)] ?? '',
    score,
    interval: intervalOf(calibration, score),
    inputTokens,
    truncated,
  };
}

/** Refuses a head that was trained on the features of another encoder file: its answers would be noise. */
async function openHead(folder: string, encoderFile: Uint8Array, labels: number): Promise<InferenceSession> {
  const { tensors, metadata } = readSafetensors(await readModelFile(folder, MODEL_FILES.head));
  const digest = createHash('sha256').update(encoderFile).digest('hex');
  if (metadata.encoder_sha256 !== digest) {
    throw new ModelFolderError(
      `${MODEL_FILES.head} belongs to an encoder with the digest ${metadata.encoder_sha256}, not ${digest}.`,
    );
  }
  const [hidden = 0, features = 0] = tensors.get('dense.weight')?.shape ?? [];
  const shape: HeadShape = { features, hidden, labels };
  return openSession(exportClassifierHead(shape, checkpointWeights({ tensors, metadata })));
}
