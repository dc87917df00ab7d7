import type { LadderFigures } from '#scripts/evaluate/cards/sentiment-metrics.ts';
import {
  accuracy,
  accuracyTwoClass,
  best,
  type Judged,
  macroRecall,
} from '#scripts/evaluate/measures/measures.ts';
import { judgeTexts } from '#scripts/evaluate/texts/judge-texts.ts';
import { measureLatency } from '#scripts/evaluate/texts/measure-latency.ts';
import { openTextClassifier } from '#workers/model-runtime/onnx/open-text-classifier.ts';
import { UNCALIBRATED } from './calibrate.ts';
import { LABELS, type LabelledText } from './sentiment-data.ts';

export interface LadderStep {
  readonly precision: LadderFigures['precision'];
  /** A whole model folder with the graph in this precision. */
  readonly folder: string;
  readonly sizeBytes: number;
}

/** Measures each step on the dev rows. The first is the one that the others are held against. */
export async function measureLadder(
  steps: readonly LadderStep[],
  dev: readonly LabelledText[],
): Promise<LadderFigures[]> {
  const figures: LadderFigures[] = [];
  let reference: readonly number[] | undefined;
  for (const { precision, folder, sizeBytes } of steps) {
    const model = await openTextClassifier(folder, UNCALIBRATED);
    const { cpuMs } = await measureLatency(model.classify);
    const judged = await judgeTexts(model, dev, LABELS);
    const given = judged.map(({ scores }) => best(scores));
    reference ??= given;
    const same = given.filter((label, row) => label === reference?.[row]).length;
    figures.push({
      precision,
      sizeBytes,
      accuracy: accuracy(judged),
      agreement: same / given.length,
      sources: bySource(judged, dev),
      cpuMs,
    });
  }
  return figures;
}

function bySource(judged: readonly Judged[], dev: readonly LabelledText[]): Record<string, number> {
  const of = (source: string) => judged.filter((_, row) => dev[row]?.source === source);
  return {
    'sst-sentence': accuracyTwoClass(of('sst-sentence')),
    tweeteval: macroRecall(of('tweeteval')),
    goemotions: macroRecall(of('goemotions')),
  };
}

const LOSS_MAX = 0.005;

/** The smallest of all weights that on every source loses less than half a point against the first, in 32 bits. */
export function smallestGoodEnough(ladder: readonly LadderFigures[]): LadderFigures {
  const [whole] = ladder;
  if (!whole) throw new Error('The ladder has no steps.');
  const allWeights = ladder.filter(({ precision }) => precision !== 'int8-distilled');
  const good = allWeights.filter((step) =>
    Object.entries(whole.sources).every(([source, value]) => value - (step.sources[source] ?? 0) < LOSS_MAX),
  );
  return good.toSorted((a, b) => a.sizeBytes - b.sizeBytes)[0] ?? whole;
}
