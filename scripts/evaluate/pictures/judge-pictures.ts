import {
  type ImageClass,
  type ImageClassification,
  isRefusal,
} from '#workers/model-runtime/model-runtime.ts';
import type { OpenImageClassifier } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { EvaluationError } from '../evaluation-error.ts';
import type { Judged } from '../measures/measures.ts';
import type { EvaluationPicture } from './labelled-pictures.ts';

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
  const keys = present.map((label) => keyOf(classes[label]));
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
      const wanted = keyOf(classes[label]);
      if (output.scores.slice(0, 5).some((score) => keyOf(score) === wanted)) among5++;
      judged.push({ label: keys.indexOf(wanted), scores: scoresOf(output, keys, hasOthers) });
    });
  }
  const names = namesOf(present.flatMap((label) => classes[label] ?? []));
  const labels = hasOthers ? [...names, 'another class'] : names;
  return { labels, judged, top5: among5 / pictures.length };
}

/** `another class` has the greatest of the others' scores: so it is given exactly where one of them is. */
function scoresOf({ scores }: ImageClassification, keys: readonly string[], hasOthers: boolean): number[] {
  const byKey = new Map(scores.map((score) => [keyOf(score), score.score]));
  const own = keys.map((key) => byKey.get(key) ?? 0);
  if (!hasOthers) return own;
  const other = scores.find((score) => !keys.includes(keyOf(score)));
  return [...own, other?.score ?? 0];
}

/** Words alone don't tell ImageNet's classes apart: a crane is a bird, and another one a machine. */
function keyOf(named: ImageClass | undefined): string {
  return named?.wordnetId ?? named?.label ?? '';
}

function namesOf(classes: readonly ImageClass[]): string[] {
  const count = (wanted: string) => classes.filter(({ label }) => label === wanted).length;
  return classes.map(({ label, wordnetId }) => (count(label) > 1 ? `${label} (${wordnetId})` : label));
}
