import { type InputRefusal, isRefusal, type TextClassification } from '../model-runtime.ts';
import { intervalOf, probabilities } from './calibration.ts';
import { type ModelDescription, ModelFolderError } from './model-folder.ts';
import { splitByLength } from './reading/split-by-length.ts';
import type { ReadText } from './reading/text-reader.ts';

export interface ClassifyTextsOptions {
  readonly description: ModelDescription;
  readonly paddedTokensMax: number;
  /** Left out: what is best where the graph runs in this process. */
  readonly wasteTokensMax?: number;
  /** Logits [texts, labels], row by row, wherever the graph runs. */
  logitsOf(texts: readonly (readonly number[])[]): Promise<ArrayLike<number>>;
}

/** Runs the texts in batches of like length, one after the other. */
export async function classifyTexts(
  read: readonly (ReadText | InputRefusal)[],
  { description, paddedTokensMax, wasteTokensMax, logitsOf }: ClassifyTextsOptions,
): Promise<(TextClassification | InputRefusal)[]> {
  const outputs: (TextClassification | InputRefusal)[] = [];
  const accepted: { readonly position: number; readonly text: ReadText }[] = [];
  read.forEach((one, position) => {
    if (isRefusal(one)) outputs[position] = one;
    else accepted.push({ position, text: one });
  });
  const lengths = accepted.map(({ text }) => text.ids.length);
  const labels = description.labels.length;
  for (const run of splitByLength(lengths, paddedTokensMax, wasteTokensMax)) {
    const texts = run.flatMap((index) => accepted[index] ?? []);
    const values = Array.from(await logitsOf(texts.map(({ text }) => text.ids)));
    if (values.length !== texts.length * labels) {
      throw new ModelFolderError(
        `The graph gives ${values.length / texts.length} logits a text, not ${labels}.`,
      );
    }
    texts.forEach(({ position, text }, row) => {
      outputs[position] = classification(description, values.slice(row * labels, (row + 1) * labels), text);
    });
  }
  return outputs;
}

function classification(
  { labels, calibration }: ModelDescription,
  logits: readonly number[],
  { inputTokens, truncated }: ReadText,
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
