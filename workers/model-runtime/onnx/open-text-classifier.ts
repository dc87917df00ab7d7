import { type InputRefusal, isRefusal, type TextClassification, type TextInput } from '../model-runtime.ts';
import { type Calibration, intervalOf, probabilities } from './calibration.ts';
import { describeModel, type ModelDescription } from './model-folder.ts';
import { type EncodedText, openTextEncoder } from './open-text-encoder.ts';

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
  const description = await describeModel(folder, calibration);
  const output = { name: 'logits', width: description.labels.length };
  const encoder = await openTextEncoder(folder, description, output);
  return {
    async classify(inputs) {
      const encoded = await encoder.encode(inputs);
      return encoded.map((text) => (isRefusal(text) ? text : classification(description, text)));
    },
  };
}

function classification(
  { labels, calibration }: ModelDescription,
  { values, inputTokens, truncated }: EncodedText,
): TextClassification {
  const shares = probabilities([...values], calibration.temperature);
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
