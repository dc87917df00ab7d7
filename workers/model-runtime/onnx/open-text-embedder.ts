import type { InferenceSession } from 'onnxruntime-node';
import { type InputRefusal, isRefusal, type TextEmbedding, type TextInput } from '../model-runtime.ts';
import { describeEncoder, ModelFolderError } from './model-folder.ts';
import { expectFinite, openGraph } from './open-graph.ts';
import { splitByLength } from './reading/split-by-length.ts';
import { createTextReader, type ReadText, type TextReader } from './reading/text-reader.ts';
import { loadTextTokenizer } from './reading/text-tokenizer.ts';
import { encoderFeeds } from './reading/token-batch.ts';

/** As of the classifier: a run's values stay in the processor's cache. */
const PADDED_TOKENS_MAX = 2048;
const OUTPUT = 'sentence_embedding';

export interface OpenTextEmbedder {
  embed(inputs: readonly TextInput[]): Promise<(TextEmbedding | InputRefusal)[]>;
}

/** A sentence encoder in this process. Its graph pools and normalises, so what it gives is the vector. */
export async function openTextEmbedder(folder: string): Promise<OpenTextEmbedder> {
  const [description, tokenizer, graph] = await Promise.all([
    describeEncoder(folder),
    loadTextTokenizer(folder),
    openGraph(folder, [OUTPUT]),
  ]);
  const parts = { width: description.hiddenSize, read: createTextReader(description, tokenizer), graph };
  return { embed: (inputs) => embed(parts, inputs) };
}

interface Parts {
  readonly width: number;
  readonly read: TextReader;
  readonly graph: InferenceSession;
}

async function embed(parts: Parts, inputs: readonly TextInput[]): Promise<(TextEmbedding | InputRefusal)[]> {
  const outputs: (TextEmbedding | InputRefusal)[] = [];
  const accepted: { readonly position: number; readonly text: ReadText }[] = [];
  parts.read(inputs).forEach((text, position) => {
    if (isRefusal(text)) outputs[position] = text;
    else accepted.push({ position, text });
  });
  const lengths = accepted.map(({ text }) => text.ids.length);
  for (const run of splitByLength(lengths, PADDED_TOKENS_MAX)) {
    const texts = run.flatMap((index) => accepted[index] ?? []);
    const rows = await rowsOf(
      parts,
      texts.map(({ text }) => text.ids),
    );
    texts.forEach(({ position, text: { inputTokens, truncated } }, row) => {
      outputs[position] = { vector: rows[row] ?? new Float32Array(), inputTokens, truncated };
    });
  }
  return outputs;
}

async function rowsOf(
  { graph, width }: Parts,
  texts: readonly (readonly number[])[],
): Promise<Float32Array[]> {
  const outputs = await graph.run(encoderFeeds(texts));
  const values = expectFinite(outputs[OUTPUT]?.data as Float32Array, OUTPUT);
  if (values.length !== texts.length * width) {
    throw new ModelFolderError(
      `The graph gives ${values.length / texts.length} ${OUTPUT} a text, not ${width}.`,
    );
  }
  // Copies: a part of the run's whole buffer would be sent to another process with all of it.
  return texts.map((_, row) => values.slice(row * width, (row + 1) * width));
}
