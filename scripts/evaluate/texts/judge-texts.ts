import { isRefusal } from '#workers/model-runtime/model-runtime.ts';
import type { OpenTextClassifier } from '#workers/model-runtime/onnx/open-text-classifier.ts';
import type { Judged } from '../measures/measures.ts';

const BATCH_TEXTS = 256;
/** Many times what a model reads: the rest of a text of megabytes is not worth the memory that its tokens take. */
const CHARACTERS_MAX = 100_000;

/** The model's scores of each row, in the order of `labels`. Texts beyond the context are cut. */
export async function judgeTexts(
  model: OpenTextClassifier,
  rows: readonly { readonly label: number; readonly text: string }[],
  labels: readonly string[],
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (let start = 0; start < rows.length; start += BATCH_TEXTS) {
    const batch = rows.slice(start, start + BATCH_TEXTS);
    const outputs = await model.classify(
      batch.map(({ text }) => ({ text: text.slice(0, CHARACTERS_MAX), truncate: true })),
    );
    outputs.forEach((output, index) => {
      const label = batch[index]?.label;
      if (label === undefined || isRefusal(output))
        throw new Error('A text was refused though it may be cut.');
      judged.push({ label, scores: labels.map((name) => output.scores[name] ?? 0) });
    });
  }
  return judged;
}
