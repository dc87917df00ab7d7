import {
  type ImageClass,
  type ImageClassification,
  isRefusal,
} from '#workers/model-runtime/model-runtime.ts';
import type { OpenImageClassifier } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import type { EvaluationPicture } from './labelled-pictures.ts';
import { EvaluationError } from './labelled-texts.ts';
import type { Judged } from './measures.ts';

export interface JudgedPictures {
  /** Of the data; last `another class`, where the model knows more than the data has. */
  readonly labels: readonly string[];
  readonly judged: readonly Judged[];
  /** Share of pictures whose class is among the five most probable. */
  readonly top5: number;
}

const BATCH = 16;

/** Every class counts in what is right; only those that the data has are reported by themselves. */
export async function judgePictures(
  model: Pick<OpenImageClassifier, 'classify'>,
  pictures: readonly EvaluationPicture[],
  classes: readonly ImageClass[],
): Promise<JudgedPictures> {
  const present = [...new Set(pictures.map(({ label }) => label))].sort((a, b) => a - b);
  const names = present.map((label) => nameOf(classes, label));
  const hasOthers = present.length < classes.length;
  const judged: Judged[] = [];
  let among5 = 0;
  for (let start = 0; start < pictures.length; start += BATCH) {
    const batch = pictures.slice(start, start + BATCH);
    const outputs = await model.classify(
      batch.map((picture) => ({ bytes: picture.read(), topK: classes.length })),
    );
    outputs.forEach((output, index) => {
      const { label, path } = batch[index] as EvaluationPicture;
      if (isRefusal(output)) throw new EvaluationError(`${path} can't be read: ${output.reason}.`);
      const wanted = nameOf(classes, label);
      if (output.scores.slice(0, 5).some((score) => score.label === wanted)) among5++;
      judged.push({ label: names.indexOf(wanted), scores: scoresOf(output, names, hasOthers) });
    });
  }
  const labels = hasOthers ? [...names, 'another class'] : names;
  return { labels, judged, top5: among5 / pictures.length };
}

/** `another class` has the greatest of the others' scores: so it is given exactly where one of them is. */
function scoresOf({ scores }: ImageClassification, names: readonly string[], hasOthers: boolean): number[] {
  const byName = new Map(scores.map(({ label, score }) => [label, score]));
  const own = names.map((name) => byName.get(name) ?? 0);
  if (!hasOthers) return own;
  const other = scores.find(({ label }) => !names.includes(label));
  return [...own, other?.score ?? 0];
}

function nameOf(classes: readonly ImageClass[], label: number): string {
  return classes[label]?.label ?? '';
}
