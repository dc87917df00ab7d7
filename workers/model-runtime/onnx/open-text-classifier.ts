import type { InferenceSession } from 'onnxruntime-node';
import type { InputRefusal, TextClassification, TextInput } from '../model-runtime.ts';
import type { Calibration } from './calibration.ts';
import { classifyTexts } from './classify-texts.ts';
import { describeModel, type ModelDescription } from './model-folder.ts';
import { expectFinite, openGraph } from './open-graph.ts';
import { createTextReader, type TextReader } from './reading/text-reader.ts';
import { loadTextTokenizer } from './reading/text-tokenizer.ts';
import { encoderFeeds } from './reading/token-batch.ts';

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
    openGraph(folder, ['logits']),
  ]);
  const parts = { description, read: createTextReader(description, tokenizer), graph };
  return { classify: (inputs) => classify(parts, inputs) };
}

interface Parts {
  readonly description: ModelDescription;
  readonly read: TextReader;
  readonly graph: InferenceSession;
}

async function classify({ description, read, graph }: Parts, inputs: readonly TextInput[]) {
  return classifyTexts(read(inputs), {
    description,
    paddedTokensMax: PADDED_TOKENS_MAX,
    logitsOf: async (texts) => {
      const { logits } = await graph.run(encoderFeeds(texts));
      return expectFinite(logits?.data as Float32Array, 'logits');
    },
  });
}
