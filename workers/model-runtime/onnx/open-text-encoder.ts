import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { InputRefusal, TextInput } from '../model-runtime.ts';
import { type EncoderDescription, graphFile, ModelFolderError } from './model-folder.ts';
import { openSession } from './open-session.ts';
import { splitByLength } from './split-by-length.ts';
import { loadTextTokenizer, type TextTokenizer } from './text-tokenizer.ts';
import { encoderFeeds } from './token-batch.ts';

/** Runs stay this small so that a run's values stay in the processor's cache. */
const PADDED_TOKENS_MAX = 2048;

export interface OpenTextEncoder {
  /** One entry for each text, in order. */
  encode(inputs: readonly TextInput[]): Promise<(EncodedText | InputRefusal)[]>;
}

export interface EncodedText {
  /** The text's row of the graph's output. */
  readonly values: Float32Array;
  readonly inputTokens: number;
  readonly truncated: boolean;
}

/** What the graph gives of a text. */
export interface EncoderOutput {
  readonly name: string;
  readonly width: number;
}

/** Tokenizer and graph of a model folder in this process: whatever the graph computes of texts, it computes here. */
export async function openTextEncoder(
  folder: string,
  description: EncoderDescription,
  output: EncoderOutput,
): Promise<OpenTextEncoder> {
  const [tokenizer, graph] = await Promise.all([loadTextTokenizer(folder), openGraph(folder, output.name)]);
  if (tokenizer.idsMax >= description.vocabularySize) {
    throw new ModelFolderError(
      `tokenizer.json is of another model: it gives ids up to ${tokenizer.idsMax}, config.json has a vocabulary of ` +
        `${description.vocabularySize}.`,
    );
  }
  return { encode: (inputs) => encode({ description, output, tokenizer, graph }, inputs) };
}

async function openGraph(folder: string, output: string): Promise<InferenceSession> {
  const file = graphFile(folder);
  let graph: InferenceSession;
  try {
    graph = await openSession(join(folder, file));
  } catch (cause) {
    throw new ModelFolderError(`${file} is no ONNX file that can be run: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (graph.outputNames.includes(output)) return graph;
  throw new ModelFolderError(`${file} gives ${graph.outputNames.join(', ')}, and no ${output}.`);
}

interface Parts {
  readonly description: EncoderDescription;
  readonly output: EncoderOutput;
  readonly tokenizer: TextTokenizer;
  readonly graph: InferenceSession;
}

async function encode(parts: Parts, inputs: readonly TextInput[]) {
  const { contextTokens } = parts.description;
  const outputs: (EncodedText | InputRefusal)[] = [];
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
    const rows = await rowsOf(
      parts,
      texts.map(({ ids }) => parts.tokenizer.wrap(ids)),
    );
    texts.forEach(({ position, ids, truncated }, row) => {
      outputs[position] = {
        values: rows[row] ?? new Float32Array(),
        inputTokens: ids.length,
        truncated,
      };
    });
  }
  return outputs;
}

async function rowsOf(
  { graph, output: { name, width } }: Parts,
  texts: readonly (readonly number[])[],
): Promise<Float32Array[]> {
  const values = (await graph.run(encoderFeeds(texts)))[name]?.data as Float32Array;
  if (values.length !== texts.length * width) {
    throw new ModelFolderError(
      `The graph gives ${values.length / texts.length} ${name} a text, not ${width}.`,
    );
  }
  // Copies: a part of the run's whole buffer would be sent to another process with all of it.
  return texts.map((_, row) => values.slice(row * width, (row + 1) * width));
}
