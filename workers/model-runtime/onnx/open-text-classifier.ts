import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { InputRefusal, TextClassification, TextInput } from '../model-runtime.ts';
import { type Calibration, intervalOf, probabilities } from './calibration.ts';
import { describeModel, graphFile, type ModelDescription, ModelFolderError } from './model-folder.ts';
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
 * A text classifier in this thread: tokenizer and graph of a model folder. `calibration` stands in for the
 * folder's own, for whoever is about to measure that.
 */
export async function openTextClassifier(
  folder: string,
  calibration?: Calibration,
): Promise<OpenTextClassifier> {
  const [description, tokenizer, graph] = await Promise.all([
    describeModel(folder, calibration),
    loadTextTokenizer(folder),
    openGraph(folder),
  ]);
  if (tokenizer.idsMax >= description.vocabularySize) {
    throw new ModelFolderError(
      `tokenizer.json is of another model: it gives ids up to ${tokenizer.idsMax}, config.json has a vocabulary of ` +
        `${description.vocabularySize}.`,
    );
  }
  return { classify: (inputs) => classify({ description, tokenizer, graph }, inputs) };
}

async function openGraph(folder: string): Promise<InferenceSession> {
  const file = graphFile(folder);
  let graph: InferenceSession;
  try {
    graph = await openSession(join(folder, file));
  } catch (cause) {
    throw new ModelFolderError(`${file} is no ONNX file that can be run: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (graph.outputNames.includes('logits')) return graph;
  throw new ModelFolderError(`${file} gives ${graph.outputNames.join(', ')}, and no logits.`);
}

interface Parts {
  readonly description: ModelDescription;
  readonly tokenizer: TextTokenizer;
  readonly graph: InferenceSession;
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
  { graph, description }: Parts,
  texts: readonly (readonly number[])[],
): Promise<number[][]> {
  const { logits } = await graph.run(encoderFeeds(texts));
  const values = logits?.data as Float32Array;
  const labels = description.labels.length;
  if (values.length !== texts.length * labels) {
    throw new ModelFolderError(
      `The graph gives ${values.length / texts.length} logits a text, not ${labels}.`,
    );
  }
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
